/**
 * Rows of programs that run again and again in a sandbox that is up: @repeat prints the median time of
 * one run. All that a row prepares is made in the same sandbox, before the clock starts.
 */
import { type CommandRow, script } from "./row.ts";

const FORKS = "for ((i = 0; i < 200; i++)); do (:); done";
const EXECS = "for ((i = 0; i < 200; i++)); do /bin/true; done";
const FRESH = 'd=$(mktemp -d); trap "rm -rf $d" EXIT; cd $d';
const C_PACKAGES = ["gcc", "libc6-dev"];

/** 20 000 small files in 200 directories, below t/. */
const manyFiles = (directories: number) => `${FRESH}; mkdir t
for ((i = 0; i < ${directories}; i++)); do mkdir t/$i; for ((j = 0; j < 100; j++)); do echo $i $j > t/$i/$j; done; done`;

/** A project of 12 sources that includes what many do. */
const PROJECT = `${FRESH}
for i in {1..12}; do
  printf '#include <stdio.h>\\n#include <stdlib.h>\\n#include <string.h>\\nint f%d(void) { return puts("%d"); }\\n' $i $i > $i.c
done
echo 'int main(void) { return 0; }' > main.c
printf 'all: main.o %s\\n\\tcc -o all $^\\nclean:\\n\\trm -f *.o all\\n' "$(echo {1..12}.o)" > Makefile`;

const REPOSITORY = `${FRESH}
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b HOME=$d GIT_CONFIG_NOSYSTEM=1
git init -q r; cd r
for i in {1..20}; do mkdir $i; for j in {1..50}; do echo $i $j > $i/$j; done; done
git add .; git commit -qm first`;

/** Work whose preparation and repetition is one script, and its short form for --quick. */
function repeated(
  name: string,
  packages: string[],
  times: number,
  prepare: string,
  words: string,
): CommandRow {
  const lines = (count: number) => script(prepare, `@repeat ${count} ${words}`);
  return {
    name,
    group: "programs in a running sandbox",
    unit: "ms",
    better: "less",
    timed: "inside",
    packages: [...C_PACKAGES, ...packages],
    command: lines(times),
    quick: lines(1),
  };
}

/** With 20 000 files, once in each round, for making them takes longest; with 500 for --quick. */
function withManyFiles(name: string, prepare: string, words: string): CommandRow {
  const row = repeated(name, [], 1, `${manyFiles(200)}\n${prepare}`, words);
  return {
    ...row,
    rounds: 5,
    quick: script(manyFiles(5), prepare, `@repeat 1 ${words}`),
  };
}

const programs: CommandRow[] = [
  repeated("/bin/true", [], 100, "", "-- /bin/true"),
  repeated("bash: 200 forks", [], 10, "", `-- bash -c '${FORKS}'`),
  repeated("bash: 200 × /bin/true", [], 5, "", `-- bash -c '${EXECS}'`),
  repeated("python3 -c pass", ["python3"], 20, "", "-- /usr/bin/python3 -c pass"),
  repeated(
    "python3: 10⁷ additions",
    ["python3"],
    2,
    "",
    "-- /usr/bin/python3 -c 'sum(i for i in range(10**7))'",
  ),
  repeated("perl -e 0", ["perl"], 30, "", "-- perl -e 0"),
  repeated("node -e 0", [], 7, "", "-- node -e 0"),
  repeated(
    "gcc, one file",
    [],
    5,
    `${FRESH}; printf '#include <stdio.h>\\nint main(void) { return puts("x"); }\\n' > x.c`,
    "-- gcc -O1 -o x x.c",
  ),
  {
    ...repeated(
      "make -j2, 13 files",
      ["make"],
      3,
      PROJECT,
      "--before 'make -s clean' -- make -s -j2",
    ),
    rounds: 5,
  },
  repeated("find /usr/share", ["findutils"], 5, "", "-- find /usr/share -type f"),
  repeated("ls -lR /usr/share/doc", [], 3, "", "-- ls -lR /usr/share/doc"),
  repeated("grep -r in /usr/include", [], 3, "", `-- sh -c 'grep -r getpid /usr/include || true'`),
  repeated("tar /usr/include", [], 3, "", "-- sh -c 'tar -C / -cf - usr/include | cat'"),
  withManyFiles("tar, 20 000 files", "", "-- tar cf t.tar t"),
  withManyFiles(
    "untar, 20 000 files",
    "tar cf t.tar t; rm -rf t",
    "--before 'rm -rf t' -- tar xf t.tar",
  ),
  withManyFiles("rm -rf, 20 000 files", "tar cf t.tar t", "--before 'tar xf t.tar' -- rm -rf t"),
];

const gitRows: CommandRow[] = [
  repeated("git status, 1000 files", ["git"], 10, REPOSITORY, "-- git status"),
  repeated(
    "git clone, 1000 files",
    ["git"],
    3,
    REPOSITORY,
    "--before 'rm -rf ../c' -- git clone -q --no-local . ../c",
  ),
  {
    ...repeated(
      "git: 50 commits",
      ["git"],
      1,
      REPOSITORY,
      `-- bash -c 'for i in {1..50}; do echo $i > f; git add f; git commit -qm $i; done'`,
    ),
    rounds: 5,
  },
];

const dataRows: CommandRow[] = [
  repeated(
    "sqlite3: 20 000 inserts at once",
    ["sqlite3"],
    5,
    FRESH,
    `--before 'rm -f db' -- sqlite3 db 'create table t(v); with recursive c(x) as (values(1) union all select x + 1 from c where x < 20000) insert into t select x from c'`,
  ),
  repeated(
    "sqlite3: 200 transactions",
    ["sqlite3"],
    3,
    `${FRESH}; for i in {1..200}; do echo "insert into t values($i);"; done > inserts`,
    `--before 'rm -f db; sqlite3 db "create table t(v)"' -- sqlite3 db '.read inserts'`,
  ),
  repeated(
    "gzip, 32 MiB",
    ["gzip"],
    2,
    `${FRESH}; for i in {1..300}; do cat /usr/include/stdio.h /usr/include/unistd.h; done | head -c 33554432 > text`,
    "-- gzip -1kf text",
  ),
];

const speedRow: CommandRow = {
  name: "openssl speed sha256",
  group: "programs in a running sandbox",
  unit: "MB/s",
  better: "more",
  timed: "inside",
  packages: ["openssl"],
  command: script(
    "openssl speed -elapsed -mr -seconds 1 -bytes 16384 -evp sha256 2> /dev/null | awk -F: '/^.F/ { print $4 / 1e6 }'",
  ),
};

export const insideRows: CommandRow[] = [...programs, ...gitRows, ...dataRows, speedRow];
