# waltz: an ensemble simulator. `make` builds build/waltz; `make help` lists the rest.

VERSION = 0.1.0
MODEL_VERSION = 1

BUILD ?= build
ifneq ($(words $(BUILD)),1)
$(error BUILD=$(BUILD): allowed: the name of one folder, without blanks)
endif
PREFIX ?= /usr/local
PYTHON ?= /usr/bin/python3
PYTEST ?= -m 'not slow'
SCENARIO ?= configs/iran-russia.cfg
JOBS ?= $(shell getconf _NPROCESSORS_ONLN)
ifeq ($(origin CC),default)
CC = gcc
endif

# Compile on all cores, unless clean has to come first or another make decides.
ifeq ($(MAKELEVEL)$(filter clean,$(MAKECMDGOALS)),0)
MAKEFLAGS += -j$(JOBS)
endif

# Flags. What the bits of a result depend on stands behind CFLAGS, so that CFLAGS cannot undo it.
PACKAGES = gsl libconfig sqlite3
OPTIMISE = $(if $(DEBUG)$(SANITIZE),-O1,-O3)
WARN = -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wno-psabi
BITS = -ffp-contract=off -fno-math-errno -fno-trapping-math
FLAGS = -std=gnu11 $(OPTIMISE) -g -fopenmp $(WARN) $(CFLAGS) $(BITS) \
	$(if $(DEBUG),-DWALTZ_VERIFY) \
	$(if $(SANITIZE),-DWALTZ_NARROW -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
# Asked for in the recipe, when `deps` has had its chance to install them.
CPPALL = -Isim $(OWN) $(CPPFLAGS) $$(pkg-config --cflags $(PACKAGES))
LIBS = $$(pkg-config --libs $(PACKAGES)) $(LDLIBS) -lm
COMMIT := $(shell test -e .git && git describe --always --dirty --abbrev=12 --exclude='*' 2>/dev/null || echo unknown)
INFO = -DWALTZ_VERSION='"$(VERSION)"' -DWALTZ_MODEL_VERSION=$(MODEL_VERSION) -DWALTZ_COMMIT='"$(COMMIT)"'

MAIN = sim/cli/main.c
SOURCES := $(filter-out $(MAIN),$(sort $(wildcard sim/*/*.c)))
UNIT_SOURCES := $(sort $(wildcard tests/unit/*.c))
OBJECTS = $(SOURCES:%.c=$(BUILD)/%.o)
UNIT_OBJECTS = $(UNIT_SOURCES:%.c=$(BUILD)/%.o)
UNIT_SHARED = $(filter-out $(BUILD)/tests/unit/test_%,$(UNIT_OBJECTS))
UNIT = $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(filter tests/unit/test_%,$(UNIT_SOURCES)))

# The step, compiled once for each kernel (sim/base/lanes.h): its lanes and what else it is told.
KERNEL_SOURCES = $(addprefix sim/model/,perception.c choice.c moves.c consequences.c step.c) \
	$(addprefix sim/measure/,blocs.c kernel.c)
# Asked once, and of the machine where there is no compiler yet: `deps` will install one.
MACHINE := $(shell $(CC) -dumpmachine 2>/dev/null || uname -m)
KERNELS := scalar $(if $(findstring x86_64,$(MACHINE)),sse2 avx2 avx512,vector)
KERNEL_scalar = -DLANES=1 -fno-tree-vectorize -fno-tree-slp-vectorize
KERNEL_vector = -DLANES=2
KERNEL_sse2 = -DLANES=2
KERNEL_avx2 = -DLANES=4 -mavx2
KERNEL_avx512 = -DLANES=8 -mavx512f -mavx512dq
KERNEL_OBJECTS = $(foreach k,$(KERNELS),$(KERNEL_SOURCES:%.c=$(BUILD)/%.$k.o))
OBJECTS += $(KERNEL_OBJECTS)

# Fuzzers: libFuzzer runs each for FUZZ_SECONDS, or for FUZZ_RUNS inputs.
FUZZ_SECONDS ?= 60
FUZZ_RUNS ?= 2500
FUZZERS := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_OBJECTS = $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard tests/fuzz/*.c)))
FUZZ_BUILD = BUILD=$(BUILD)/fuzz CC=clang DEBUG=1 \
	SANITIZE=fuzzer-no-link,address,undefined,float-cast-overflow

# Allocations that fail: each FAULT_EVERY-th of a command, 1 for all.
FAULT_EVERY ?= 4

# In front of a command: a short line in its place, or the command itself with V=1.
say = $(if $(V),,@echo '  $(1) $@'; )

# What the goals need beyond a build; .ci/deps knows the packages of each set.
testing = $(filter test test-%,$(MAKECMDGOALS))
SETS = build $(if $(testing),test) \
	$(if $(filter reproduce calibrate robustness multiverse,$(MAKECMDGOALS))$(testing),report) \
	$(if $(filter test-all,$(testing)),r browser slurm) \
	$(if $(filter test-all test-clang test-fuzz,$(testing)),clang) \
	$(if $(filter fuzz,$(MAKECMDGOALS))$(findstring clang,$(CC)),clang) \
	$(if $(filter lint,$(MAKECMDGOALS)),test clang lint) $(if $(filter objects,$(MAKECMDGOALS)),test)

.PHONY: all help deps reproduce calibrate robustness multiverse test test-unit test-system test-all test-clang test-sanitize \
	test-verify test-native test-faults test-fuzz fuzz fuzzers objects lint bench install clean FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: $(BUILD)/libwaltz.a $(if $(wildcard $(MAIN)),$(BUILD)/waltz)

help:
	@echo 'make             build/waltz (installs missing packages; NO_INSTALL=1 only names them)'
	@echo 'make reproduce   build, run the arms of $(SCENARIO), judge its claims, write a report'
	@echo 'make calibrate   the posterior of configs/calibration anew (half an hour at most)'
	@echo 'make robustness  all claims over the posterior and the prior, and what they hang on (an hour)'
	@echo 'make multiverse  two phases without each term of the model, each time recalibrated (an hour)'
	@echo 'make test        unit tests, then system tests'
	@echo 'make test-all    test, and slow ones (browser, R, Slurm), the unit tests with clang, with sanitizers, with self-checks,'
	@echo '                 for this very processor, without memory, with any bytes'
	@echo 'make test-unit   the unit tests alone; also test-system, test-clang, test-sanitize, test-verify'
	@echo 'make test-faults out of memory at each FAULT_EVERY-th allocation (4; 1 for all)'
	@echo 'make fuzz        readers with any bytes, FUZZ_SECONDS each (60); test-fuzz is short and repeats'
	@echo 'make lint        layers, sizes, format, static analysis'
	@echo 'make bench       speed'
	@echo 'make deps        install what a build needs'
	@echo 'make install     to PREFIX=$(PREFIX); DESTDIR is honoured'
	@echo 'make clean       remove $(BUILD)'
	@echo 'Variables: BUILD=folder CC=clang CFLAGS=... DEBUG=1 SANITIZE=address,undefined JOBS=n V=1'

deps:
	@CC='$(CC)' PYTHON='$(PYTHON)' NO_INSTALL='$(NO_INSTALL)' bash .ci/deps $(sort $(SETS))

# Stamps: files that change only when their text does.
$(BUILD)/flags: export STAMP = $(CC) $(CPPFLAGS) $(FLAGS) $(LDFLAGS) $(LDLIBS) $(PACKAGES) \
	$(foreach k,$(KERNELS),$(KERNEL_$k))
$(BUILD)/info: export STAMP = $(INFO)
$(BUILD)/sources: export STAMP = $(SOURCES) $(UNIT_SHARED)
$(BUILD)/flags $(BUILD)/info $(BUILD)/sources: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' "$$STAMP" | cmp -s - $@ || printf '%s\n' "$$STAMP" >$@

$(BUILD)/sim/base/build.o: $(BUILD)/info
$(BUILD)/sim/base/build.o: private OWN = $(INFO)
$(BUILD)/sim/cli/cmd_new.o: configs/starter.cfg
$(BUILD)/%.o: %.c $(BUILD)/flags | deps
	@mkdir -p $(@D)
	$(call say,compile)$(CC) $(CPPALL) $(FLAGS) -MMD -MP -c -o $@ $<

define kernel
$(KERNEL_SOURCES:%.c=$(BUILD)/%.$1.o): $(BUILD)/%.$1.o: %.c $(BUILD)/flags | deps
	@mkdir -p $$(@D)
	$$(call say,compile)$(CC) $$(CPPALL) $(FLAGS) -DKERNEL=$1 $(KERNEL_$1) -MMD -MP -c -o $$@ $$<
endef
$(foreach k,$(KERNELS),$(eval $(call kernel,$k)))

$(BUILD)/libwaltz.a: $(OBJECTS) $(BUILD)/sources
	@rm -f $@
	$(call say,archive)$(AR) rcs $@ $(OBJECTS)

$(BUILD)/waltz: $(MAIN:%.c=$(BUILD)/%.o) $(BUILD)/libwaltz.a
	$(call say,link)$(CC) $(FLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(UNIT): $(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(UNIT_SHARED) $(BUILD)/libwaltz.a
	$(call say,link)$(CC) $(FLAGS) $(LDFLAGS) -o $@ $^ -lcmocka -lmpfr -lgmp $(LIBS)

$(BUILD)/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/harness.o $(BUILD)/libwaltz.a
	$(call say,link)$(CC) $(FLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(LIBS)

fuzzers: $(FUZZERS:%=$(BUILD)/fuzz_%)

$(BUILD)/faults.so: tests/faults/shim.c $(BUILD)/flags | deps
	$(call say,link)$(CC) -std=gnu11 -O1 -g $(WARN) -fPIC -shared -o $@ $<

$(BUILD)/tests/dump: $(BUILD)/tests/reference/dump.o $(BUILD)/libwaltz.a
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(FLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# Everything compiled, nothing linked; for lint.
objects: $(OBJECTS) $(UNIT_OBJECTS) $(BUILD)/tests/reference/dump.o $(FUZZ_OBJECTS) \
	$(BUILD)/tests/faults/shim.o $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(MAIN)))

# Of the posterior's draws as many as five minutes hold.
POSTERIOR = configs/calibration/iran-russia/posterior.csv
DRAWS ?= $(POSTERIOR)
MAX_DRAWS ?= 40
reproduce: all
	$(BUILD)/waltz reproduce $(SCENARIO) --draws $(DRAWS) --max-draws $(MAX_DRAWS)

# Half an hour at most on two cores: the prior sweep (which goes on where it was cut off), the posterior, its checks.
CALIBRATION ?= configs/calibration/prior.cfg
calibrate: all
	$(PYTHON) -m analysis calibrate $(BUILD)/waltz $(CALIBRATION)

robustness: all
	$(PYTHON) -m analysis robustness $(BUILD)/waltz $(SCENARIO) $(POSTERIOR) configs/draws/prior.csv
	$(PYTHON) -m analysis fragility $(BUILD)/waltz $(SCENARIO) $(POSTERIOR)

multiverse: all
	$(PYTHON) -m analysis multiverse $(BUILD)/waltz $(CALIBRATION)

test: test-unit
	$(MAKE) --no-print-directory test-system

test-unit: $(UNIT)
	@for t in $(UNIT); do echo "== $$t"; $$t || exit 1; done

test-system: all $(BUILD)/tests/dump
	WALTZ="$$(realpath $(BUILD)/waltz)" $(PYTHON) -m pytest $(PYTEST) tests/system

# The packages first, so that no two of these ask apt at once.
test-clang test-sanitize test-verify test-native: deps

test-all: test
	$(MAKE) --no-print-directory test-clang
	$(MAKE) --no-print-directory test-sanitize
	$(MAKE) --no-print-directory test-verify
	$(MAKE) --no-print-directory test-native
	$(MAKE) --no-print-directory test-faults
	$(MAKE) --no-print-directory test-fuzz

test-clang:
	$(MAKE) --no-print-directory BUILD=$(BUILD)/clang CC=clang all test-unit
	WALTZ_CLANG="$$(realpath $(BUILD)/clang/waltz)" $(MAKE) --no-print-directory test-system PYTEST='-m slow'

test-sanitize:
	$(MAKE) --no-print-directory BUILD=$(BUILD)/asan SANITIZE=address,undefined all test-unit

test-verify:
	$(MAKE) --no-print-directory BUILD=$(BUILD)/verify DEBUG=1 all test-unit
	WALTZ="$$(realpath $(BUILD)/verify/waltz)" $(PYTHON) -m pytest tests/system/test_random_scenarios.py

# The bits must not depend on the processor that the compiler is told of.
test-native:
	$(MAKE) --no-print-directory BUILD=$(BUILD)/native CFLAGS='$(CFLAGS) -march=native' all test-unit

test-faults: all $(BUILD)/faults.so
	$(PYTHON) tests/faults/run.py $(BUILD)/waltz $(BUILD)/faults.so $(FAULT_EVERY)

# What a campaign finds stays in $(BUILD)/fuzz; the test begins anew each time, so that it repeats.
fuzz: export LIMIT = -max_total_time=$(FUZZ_SECONDS)
test-fuzz: export LIMIT = -seed=1 -runs=$(FUZZ_RUNS)
fuzz test-fuzz: deps
	$(MAKE) --no-print-directory $(FUZZ_BUILD) fuzzers
	@set -e; for f in $(FUZZERS); do \
		echo "== fuzz_$$f"; \
		found=$(BUILD)/fuzz/$@/$$f; \
		case $@ in test-*) rm -rf "$$found" ;; esac; \
		mkdir -p "$$found"; \
		$(BUILD)/fuzz/fuzz_$$f $$LIMIT -timeout=10 -max_len=8192 -dict=tests/fuzz/words.dict \
			-artifact_prefix=$(BUILD)/fuzz/$$f- "$$found" tests/fuzz/corpus/$$f >"$$found.log" 2>&1 || \
			{ tail -n 80 "$$found.log"; exit 1; }; \
		grep -E 'DONE|inputs:' "$$found.log"; \
	done

lint: deps
	+PYTHON='$(PYTHON)' bash .ci/lint

# The step alone, a plain program for the same model, and what the processor can do at most.
$(BUILD)/tests/bench-%: tests/bench/%.c $(BUILD)/libwaltz.a $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(CPPALL) -std=gnu11 -O2 -g $(WARN) $(BITS) $(BENCH_$*) -o $@ $< $(BUILD)/libwaltz.a $(LIBS) -fopenmp
WIDEST = $(shell grep -qw avx512dq /proc/cpuinfo && echo avx512 || { grep -qw avx2 /proc/cpuinfo && echo avx2 || echo sse2; })
BENCH_probe = -O3 $(KERNEL_$(WIDEST))
bench: all $(addprefix $(BUILD)/tests/bench-,kernel naive probe)
	$(PYTHON) tests/bench/run $(BUILD)
	$(PYTHON) tests/bench/sweeps $(BUILD)

install: all
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(BUILD)/waltz $(DESTDIR)$(PREFIX)/bin/waltz
	find configs analysis CITATION.cff -type f ! -path '*/__pycache__/*' | while read -r f; do \
		install -D -m 644 "$$f" "$(DESTDIR)$(PREFIX)/share/waltz/$$f" || exit 1; done

clean:
	rm -rf $(BUILD)

-include $(patsubst %.o,%.d,$(BUILD)/tests/reference/dump.o $(BUILD)/tests/faults/shim.o $(OBJECTS) $(UNIT_OBJECTS) $(FUZZ_OBJECTS) $(MAIN:%.c=$(BUILD)/%.o))
