/* Put before the C library by LD_PRELOAD: lets one allocation fail, or all from one on, and writes
 * at the program's end how many there were and which of the program's own were never freed.
 *
 * FAULT_AT=k      the k-th allocation fails (from 1; 0: none)
 * FAULT_REST=1    and so do all after it
 * FAULT_REPORT=f  the file that the report is written to */
#define _GNU_SOURCE /* dl_iterate_phdr */
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The C library's own, by the names under which it keeps them for such as us. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

enum { SLOTS = 1 << 18, OBJECTS = 8, GONE = 1 };

/* A block of the program's own that lives: an open-addressed table by address. */
struct slot {
    uintptr_t block, caller;
};

static struct slot slots[SLOTS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long count, at;
static bool rest, over;

/* Address ranges of the program, and of libgsl, which allocates for it. */
static struct {
    uintptr_t from, to;
} own[OBJECTS];
static int n_own;

static int note_object(struct dl_phdr_info *info, size_t size, void *user)
{
    (void)size, (void)user;
    bool ours = info->dlpi_name[0] == '\0' || strstr(info->dlpi_name, "libgsl.") != NULL;
    for (int k = 0; k < info->dlpi_phnum && ours && n_own < OBJECTS; k++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[k];
        if (part->p_type != PT_LOAD || (part->p_flags & PF_X) == 0)
            continue;
        own[n_own].from = info->dlpi_addr + part->p_vaddr;
        own[n_own++].to = info->dlpi_addr + part->p_vaddr + part->p_memsz;
    }
    return 0;
}

static bool is_own(uintptr_t caller)
{
    for (int k = 0; k < n_own; k++)
        if (caller >= own[k].from && caller < own[k].to)
            return true;
    return false;
}

static unsigned long number_of(const char *name)
{
    const char *text = getenv(name);
    return text == NULL ? 0 : strtoul(text, NULL, 10);
}

__attribute__((constructor)) static void begin(void)
{
    dl_iterate_phdr(note_object, NULL);
    rest = number_of("FAULT_REST") != 0;
    at = number_of("FAULT_AT");
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("FAULT_REPORT");
    int file = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    over = true;
    if (file < 0)
        return;
    dprintf(file, "count %lu\n", count);
    for (int k = 0; k < SLOTS; k++)
        if (slots[k].block > GONE)
            dprintf(file, "live %#lx\n", (unsigned long)slots[k].caller);
    close(file);
}

/* Counts one allocation; is it one that fails? */
static bool fails(void)
{
    if (over)
        return false;
    pthread_mutex_lock(&lock);
    count++;
    bool now = at > 0 && (count == at || (rest && count > at));
    pthread_mutex_unlock(&lock);
    if (now)
        errno = ENOMEM;
    return now;
}

static size_t first_slot(uintptr_t block)
{
    return (block >> 4) * 0x9e3779b97f4a7c15u % SLOTS;
}

static void *born(void *block, uintptr_t caller)
{
    if (block == NULL || !is_own(caller))
        return block;
    pthread_mutex_lock(&lock);
    size_t k = first_slot((uintptr_t)block);
    while (slots[k].block > GONE)
        k = (k + 1) % SLOTS;
    slots[k] = (struct slot){(uintptr_t)block, caller};
    pthread_mutex_unlock(&lock);
    return block;
}

static void gone(void *block)
{
    if (block == NULL)
        return;
    pthread_mutex_lock(&lock);
    size_t k = first_slot((uintptr_t)block);
    while (slots[k].block != 0 && slots[k].block != (uintptr_t)block)
        k = (k + 1) % SLOTS;
    if (slots[k].block != 0)
        slots[k].block = GONE;
    pthread_mutex_unlock(&lock);
}

#define CALLER ((uintptr_t)__builtin_return_address(0))

void *malloc(size_t size)
{
    return fails() ? NULL : born(__libc_malloc(size), CALLER);
}

void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : born(__libc_calloc(n, size), CALLER);
}

void *realloc(void *block, size_t size)
{
    if (fails())
        return NULL;
    gone(block);
    return born(__libc_realloc(block, size), CALLER);
}

void *memalign(size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size)
{
    return fails() ? NULL : born(__libc_memalign(alignment, size), CALLER);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : born(__libc_memalign(alignment, size), CALLER);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    if (fails())
        return ENOMEM;
    *block = born(__libc_memalign(alignment, size), CALLER);
    return *block == NULL ? ENOMEM : 0;
}

void free(void *block)
{
    gone(block);
    __libc_free(block);
}
