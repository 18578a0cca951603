"""A Slurm of one's own on this machine: a controller and two nodes in a folder, gone when their keeper ends.

The nodes pretend to have more CPUs than there are. No munge, no cgroups, no root, no name to look up is needed.
"""

import contextlib
import ctypes
import os
import pathlib
import pwd
import random
import select
import shutil
import signal
import socket
import subprocess
import sys
import time

PROGRAMS = ("slurmctld", "slurmd", "sbatch", "scancel", "scontrol", "sinfo", "srun")
PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])  # not in everybody's PATH
NODES = ("n1", "n2")
PATIENCE = 30  # seconds for the cluster to come up
TRIES = 4  # to find ports that nobody takes meanwhile
# Nothing here uses cgroups, but slurmd starts only with a plugin for them: this one asks for nothing (Slurm 22.05; found
# by itself, it would want systemd or a mounted tree), and newer Slurms know the word for none.
CGROUPS = ("cgroup/v1", "disabled")
BUSY = {"PENDING", "CONFIGURING", "RUNNING", "COMPLETING", "SUSPENDED", "REQUEUED", "STOPPED"}
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of <linux/prctl.h>
CONFIGURATION = """\
ClusterName=waltz
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/none
AuthInfo=cred_expire=5
CredType=cred/none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool.%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.%n.log
MailProg=/bin/true
ReturnToService=2
KillWait=20
MinJobAge=3600
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=0
SlurmdParameters=config_overrides
NodeName={nodes[0]} NodeHostname=localhost NodeAddr=127.0.0.1 Port={ports[1]} CPUs=8 RealMemory=8000
NodeName={nodes[1]} NodeHostname=localhost NodeAddr=127.0.0.1 Port={ports[2]} CPUs=8 RealMemory=8000
PartitionName=all Nodes=ALL Default=YES MaxTime=60 State=UP
"""


def environment(folder):
    """Of Slurm's programs; nothing of a cluster that the tests themselves may run on."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SLURM", "SBATCH", "SRUN", "SCANCEL", "SINFO"))}
    return kept | {"PATH": PATH, "SLURM_CONF": str(folder / "slurm.conf")}


def free_ports(count):
    """Ports below those that the kernel gives to connections."""
    with contextlib.ExitStack() as stack:
        ports = []
        while len(ports) < count:
            s = stack.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                s.bind(("127.0.0.1", random.randrange(15000, 32000)))
                ports.append(s.getsockname()[1])
        return ports


def parents():
    """Every process's parent."""
    found = {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            found[int(path.parent.name)] = int(path.read_text(errors="replace").rpartition(")")[2].split()[1])
    return found


def descendants(root):
    tree, found = parents(), {root}
    while more := {pid for pid, parent in tree.items() if parent in found} - found:
        found |= more
    return found - {root}


def reap():
    """Numbers of the children that have ended."""
    ended = set()
    with contextlib.suppress(ChildProcessError):
        while (pid := os.waitpid(-1, os.WNOHANG)[0]) != 0:
            ended.add(pid)
    return ended


def keep(folder):
    """Runs the daemons until stdin ends, or one of them does; then kills all that came of them.

    What they start and leave becomes this process's child (SUBREAPER), so that nothing is missed.
    """
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    try:
        daemons = set()
        for words in (["slurmctld", "-D", "-i"], *(["slurmd", "-D", "-N", node] for node in NODES)):
            with open(folder / f"{words[-1].strip('-')}.out", "w", encoding="utf-8") as out:
                daemons.add(subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=out).pid)
        while not select.select([sys.stdin], [], [], 0.1)[0] and not daemons & reap():
            pass
    finally:
        while left := descendants(os.getpid()):
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)
            reap()


def fields(line):
    """What `scontrol -o show job` tells of one job."""
    return dict(word.split("=", 1) for word in line.split() if "=" in word)


class Cluster:
    """Up once made; close() leaves no process."""

    def __init__(self, folder):
        lacking = [p for p in PROGRAMS if not shutil.which(p, path=PATH)]
        assert not lacking, f"no {', '.join(lacking)} here; Debian has them in slurmctld, slurmd and slurm-client"
        for k in range(TRIES):
            self.folder = folder / str(k)
            self.environment = environment(self.folder)
            if self.start(CGROUPS[k % len(CGROUPS)]):
                return
        raise AssertionError(f"no cluster came up:\n{self.log()}")

    def start(self, cgroups):
        for name in ("state", *(f"spool.{node}" for node in NODES)):
            (self.folder / name).mkdir(parents=True)
        user = pwd.getpwuid(os.getuid()).pw_name
        text = CONFIGURATION.format(folder=self.folder, user=user, ports=free_ports(3), nodes=NODES)
        (self.folder / "slurm.conf").write_text(text)
        (self.folder / "cgroup.conf").write_text(f"CgroupPlugin={cgroups}\n")
        self.keeper = subprocess.Popen(
            [sys.executable, __file__, self.folder],
            stdin=subprocess.PIPE, env=self.environment, start_new_session=True,
        )
        end = time.monotonic() + PATIENCE
        try:
            while self.keeper.poll() is None and time.monotonic() < end:
                if self.ask("sinfo", "-h", "-N", "-o", "%t", check=False).stdout.split() == ["idle"] * len(NODES):
                    return True
                time.sleep(0.05)
        except BaseException:
            self.close()
            raise
        self.close()
        return False

    def ask(self, *words, check=True, cwd=None):
        """One of Slurm's programs."""
        done = subprocess.run(
            [*map(str, words)], cwd=cwd, env=self.environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=60, check=False,
        )
        assert not check or done.returncode == 0, (words, done.stderr, self.log())
        return done

    def submit(self, *words, cwd):
        """The number of a new job."""
        return self.ask("sbatch", "--parsable", *words, cwd=cwd).stdout.strip()

    def jobs(self, job):
        """What Slurm knows of a job, or of each task of an array: Slurm's own fields."""
        lines = self.ask("scontrol", "-d", "-o", "show", "job", job).stdout.splitlines()
        return [fields(line) for line in lines if line.startswith("JobId=")]

    def wait(self, job, timeout=60):
        """Until a job, or every task of an array, has ended; in the order of the tasks."""
        end = time.monotonic() + timeout
        while True:
            found = self.jobs(job)
            if not any(j["JobState"] in BUSY for j in found):
                break
            assert time.monotonic() < end, (found, self.log())
            time.sleep(0.05)
        return sorted(found, key=lambda j: int(j.get("ArrayTaskId", 0)))

    def processes(self, program, **wanted):
        """Numbers of the jobs' processes that run a program, with these variables in their environment."""
        found, wanted = [], {f"{k}={v}".encode() for k, v in wanted.items()}
        for pid in sorted(descendants(self.keeper.pid)):
            with contextlib.suppress(OSError):
                words, there = (pathlib.Path(f"/proc/{pid}/{n}").read_bytes().split(b"\0") for n in ("cmdline", "environ"))
                if os.fsencode(program) in words[:2] and wanted <= set(there):  # the second of a script's words
                    found.append(pid)
        return found

    def log(self, *words):
        """The last lines of the daemons' logs; or all lines that hold one of the words."""
        lines = []
        for name in ("slurmctld.log", *(f"slurmd.{node}.log" for node in NODES)):
            path = self.folder / name
            text = path.read_text(errors="replace").splitlines() if path.exists() else []
            chosen = [line for line in text if any(w in line for w in words)] if words else text[-20:]
            lines += [f"{name}: {line}" for line in chosen]
        return "\n".join(lines)

    def close(self):
        self.keeper.stdin.close()
        try:
            self.keeper.wait(PATIENCE)
        finally:
            self.keeper.kill()
            self.keeper.wait()


if __name__ == "__main__":
    keep(pathlib.Path(sys.argv[1]))
