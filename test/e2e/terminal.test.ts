/** Programs on a terminal: job control, editors, pagers, a multiplexer, Ctrl-C and window sizes. */
import { compare, scenario, type Typing } from "./harness.ts";

/** Only lines that a script marks, without what terminals add around them. */
function marked(stdout: string): string {
  return [...stdout.matchAll(/<<([^<>\r\n]*)>>/g)].map((match) => match[1]).join("\n");
}

const onTerminal = (script: string, typing: Typing[]) =>
  compare(script, { tty: typing, show: marked });
/** What the scripts print in two pieces, so that an echoed command is not taken for its output. */
const MARK = String.raw`m() { printf '<%s%s>\n' '<' "$*>"; }; `;

scenario("terminal/jobs: jobs, fg, bg and kill %1 in a script with set -m", [], () =>
  compare(`
    set -m
    sleep 30 & sleep 31 & jobs; kill %1; wait %1; echo $?; jobs; kill -STOP %2; sleep 0.2; jobs; bg %2; jobs; kill %2; wait %2; echo $?
    (sleep 0.2; exit 4) & fg; echo $?; cat <(sleep 0.1; echo x) & fg %cat; bash -c 'kill -STOP $$; echo resumed; exit 6' & sleep 0.2; jobs; fg; echo $?
    sleep 9 & [ "$(ps -o pgid= -p $! | tr -d ' ')" = $! ] && echo job group; kill %1; wait %1; echo $?
  `),
);

scenario("terminal/stop: an interactive shell stops a job with ^Z, lists and resumes it", [], () =>
  compare("PS1='$ ' bash --norc --noediting -i", {
    show: marked,
    tty: [
      { after: /\$ /, type: `${MARK}m ready\n` },
      { after: /<<ready>>/, type: "sh -c 'sleep 0.3 & sleep 0.1; echo sta''rted; wait; exit 5'\n" },
      { after: /started/, type: "\x1a" },
      { after: /Stopped/, type: "m stopped $?; jobs | grep -c Stopped; fg; m code $?\n" },
      { after: /<<code 5>>/, type: "sh -c 'echo sle''eping; exec sleep 30'\n" },
      { after: /sleeping/, type: "\x03" },
      { after: /\$ /, type: "m next $?; cat; m cat $?\n" },
      { after: /<<next 130>>/, type: "li''ne\n\x04" },
      { after: /<<cat 0>>/, type: "sleep 20 & kill %1; wait %1; m wait $?; exit 3\n" },
    ],
  }),
);

scenario("terminal/modes: stty, tty, canonical editing, no echo and raw reading", [], () =>
  onTerminal(
    `${MARK}stty -a | head -n 1 | cut -d';' -f2,3 | { read -r x; m "$x"; }; tty | cut -c1-9 | { read -r x; m "$x"; }
    echo 'ask''1'; read -r x; m "$x"; read -rs -p 'secret''? ' x; m "$x"; read -rn 3 -p 'three''? ' x; m "$x"
    stty -icanon -echo min 1 time 0; echo 'raw''!'; x=$(dd bs=1 count=4 2>/dev/null | od -An -tx1); m "$x"; stty sane; stty -a | grep -c ' icanon' | { read -r x; m "$x"; }
    trap 'm trapped' INT; echo 'interrupt''me'; read -r x; trap - INT; echo 'end''it'; cat > /dev/null; m over; exit 4`,
    [
      { after: /ask1/, type: "wrong\x15ab\x7fc def\x17ghi\n" },
      { after: /secret\? /, type: "hidden\n" },
      { after: /three\? /, type: "xyz" },
      { after: /raw!/, type: "a\r\x1bz" },
      { after: /interruptme/, type: "\x03\n" },
      { after: /endit/, type: "text\n\x04" },
    ],
  ),
);

scenario("terminal/size: stty sets the window size and SIGWINCH tells of it", [], () =>
  onTerminal(
    `${MARK}stty size | { read -r x; m "$x"; }; trap 'm winch' WINCH; stty rows 40 cols 100; sleep 0.2; m $(stty size); m $(tput -T xterm cols); /usr/bin/python3 -c 'import os; print("<<%dx%d>>" % os.get_terminal_size())'`,
    [],
  ),
);

scenario("terminal/script: script records a session on a terminal of its own", ["bsdutils"], () =>
  compare(String.raw`
    script -qec 'tty | cut -c1-9; stty size; exit 3' log < /dev/null | tr -d '\r'; echo "${"$"}{PIPESTATUS[0]}"; grep -c /dev/pts log
    script -qc 'read x; echo got $x' log2 <<< typed | tr -d '\r' | tail -n 1; setsid sh -c 'tty; echo x > /dev/tty' 2>/dev/null; echo $?
  `),
);

scenario("terminal/vim: vim edits by an ex script and by keys", ["vim"], async () => {
  await compare(String.raw`
    seq 5 > f; vim.basic -u NONE -es -c '%s/^3$/three/' -c 'g/^2/d' -c 'normal Goadded' -c wq f < /dev/null; echo $?; cat f
    vim.basic -u NONE -es -c 'r !echo from shell' -c 'w out' -c 'cq' < /dev/null; echo $?; cat out
    printf 'a\nb\n' | vim.basic -u NONE -es - -c '%p' -c 'q!'; ls -A
  `);
  await onTerminal(
    `${MARK}export TERM=xterm; seq 3 > f; vim.basic -u NONE -N --cmd 'set t_RV= t_u7= t_RF= t_RB=' f; m $? $(tr '\\n' ' ' < f)`,
    [{ after: /1L, 2B|3L, 6B|"f"/, type: "ggiinserted \x1bjddGA!\x1b:wq\r" }],
  );
});

scenario("terminal/less: less pages, searches and quits", ["less"], () =>
  onTerminal(
    `${MARK}export TERM=xterm LESSHISTFILE=-; seq 500 | less; m $?; less --version | head -n 1 | grep -c less | { read -r x; m $x; }`,
    [
      { after: /\n23\r?\n?/, type: " " },
      { after: /\n46\r?\n?/, type: "/3[3]3\r" },
      { after: /333/, type: "G" },
      { after: /500/, type: "q" },
    ],
  ),
);

scenario(
  "terminal/tmux: tmux runs a shell that keys are sent to and its screen is captured",
  ["tmux"],
  () =>
    onTerminal(
      `${MARK}export TERM=xterm SHELL=/bin/sh ENV= PS1='$ ' TMUX_TMPDIR=$PWD; t() { tmux -f /dev/null "$@"; }
    t new-session -d -s one -x 80 -y 24 "sh"; t send-keys -t one 'echo captured $((6 * 7)); stty size' Enter
    for i in $(seq 60); do sleep 0.1; t capture-pane -p -t one | grep -q '^24 80' && break; done; m "$(t capture-pane -p -t one | grep -o 'captured 42')"; m "$(t list-sessions -F '#S #{session_windows}')"
    t split-window -t one -h 'sleep 30'; m "$(t list-panes -t one -F '#{pane_width}x#{pane_height}' | tr '\\n' ' ')"; t resize-pane -t one:0.0 -x 20; m "$(t list-panes -t one -F '#{pane_width}' | tr '\\n' ' ')"; t new-window -t one 'exit 3'; (sleep 1; t detach-client -s one) & t attach -t one; m $?; t kill-server; t ls 2>/dev/null; m $?`,
      [],
    ),
);

scenario("terminal/top: top and ps show the processes", ["procps"], () =>
  compare(String.raw`
    sleep 30 & top -b -n1 -w 512 -p $! | grep -c -w sleep; top -b -n1 | head -n 5 | cut -c1-4; ps -o comm= -p $!; ps -fp $! | grep -c '[s]leep 30'; pgrep -P $$ -x sleep | grep -cx $!; pkill -x -P $$ sleep; wait $!; echo $?
    ps -o pid=,ppid=,stat= -p $$ | wc -w; uptime | grep -c load; free | head -n 1; vmstat | wc -l; w -h > /dev/null; echo $?; pidof -s bash > /dev/null; echo $?; pstree 2>/dev/null | head -n 0; cat /proc/self/comm; tr '\0' ' ' < /proc/self/cmdline; echo
  `),
);

scenario("terminal/interactive: bash edits a line, completes a name and keeps a history", [], () =>
  compare("TERM=xterm PS1='$ ' HISTFILE=h bash --norc -i", {
    show: marked,
    tty: [
      { after: /\$ /, type: `${MARK}bind 'set enable-bracketed-paste off'; m set\n` },
      { after: /<<set>>/, type: "touch long-file-name; m onw\x7f\x7fe\x01\x05 two\n" },
      { after: /<<oe two>>/, type: "m long-f\t\n" },
      { after: /<<long-file-name ?>>/, type: "m !!:0\n" },
      { after: /<<m>>/, type: "\x1b[A\x1b[A\n" },
      { after: /<<long-file-name ?>>/, type: "for i in 1 2\ndo m loop $i\ndone\n" },
      { after: /<<loop 2>>[\s\S]*\$ /, type: "unfinished" },
      { after: /unfinished/, type: "\x03" },
      { after: /\^C[\s\S]*\$ /, type: "m after $?\n" },
      { after: /<<after \d+>>/, type: "m bye\n" },
      { after: /<<bye>>[\s\S]*\$ /, type: "\x04" },
    ],
  }),
);
