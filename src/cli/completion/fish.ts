/** The completion script for fish, which knows options by itself and asks when which are meant. */
import type { Kind, Option, Tables } from "./tables.ts";

export function fishScript({ general, commands }: Tables): string {
  const valued = [{ name: "", options: general }, ...commands].flatMap(({ name, options }) =>
    options
      .filter(({ value }) => value !== null)
      .flatMap(({ names }) => names.map((each) => quoted(`${name} ${each}`))),
  );
  return `# Made by tvisor completion; complete -e -c tvisor undoes it.
complete -e -c tvisor

# The command, how many plain words it has, and the directory of containers: a line each.
function __tvisor_find
    set -l words (commandline -opc)
    set -e words[1]
    set -l command ""
    set -l place 0
    set -l root ""
    while set -q words[1]
        set -l word $words[1]
        set -e words[1]
        if test $place -gt 0
            set place (math $place + 1)
            continue
        end
        switch "$word"
            case --
                set place 1
            case '--root=*'
                test -n "$command"; or set root (string replace -- --root= "" $word)
            case '-*'
                if contains -- "$command $word" ${valued.join(" ")}
                    test "$command $word" = " --root"; and set root $words[1]
                    set -e words[1]
                end
            case '*'
                if test -z "$command"
                    set command $word
                else
                    set place 1
                end
        end
    end
    printf '%s\\n' "$command" $place "$root"
end

# Is this the command, and this the place? A place of "5+" is any from there on, "-" that of options.
function __tvisor_at
    set -l found (__tvisor_find)
    test "$found[1]" = "$argv[1]"; or return 1
    switch $argv[2]
        case -
            test $found[2] -eq 0
        case '*+'
            test $found[2] -ge (string trim -r -c + $argv[2])
        case '*'
            test $found[2] -eq $argv[2]
    end
end

function __tvisor_containers
    set -l found (__tvisor_find)
    set -l program (commandline -opc)[1]
    if test -n "$found[3]"
        $program --root $found[3] list --quiet 2>/dev/null
    else
        $program list --quiet 2>/dev/null
    end
end

complete -c tvisor -f
${optionLines("", general)}
${commands.map(({ name, explanation }) => line("", "0", `-a ${name} -d ${quoted(explanation)}`)).join("\n")}
${commands
  .map(({ name, options, words, repeats }) =>
    [
      optionLines(name, options),
      ...words.map((kind, i) =>
        line(name, `${i}${repeats && i === words.length - 1 ? "+" : ""}`, offer(kind, commands)),
      ),
    ].join("\n"),
  )
  .join("\n")}
`;
}

function optionLines(command: string, options: readonly Option[]): string {
  return options
    .map(({ names, value, explanation }) => {
      const named = names.map((name) =>
        name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
      );
      const takes =
        value === null ? "" : ` ${value.is === "files" ? "-r -F" : `-x ${offer(value, [])}`}`;
      return line(command, "-", `${named.join(" ")}${takes.trimEnd()} -d ${quoted(explanation)}`);
    })
    .join("\n");
}

function line(command: string, place: string, rest: string): string {
  return `complete -c tvisor -n '__tvisor_at "${command}" ${place}' ${rest}`;
}

function offer(kind: Kind, commands: readonly { name: string }[]): string {
  switch (kind.is) {
    case "words":
      return `-a ${quoted(kind.words.join(" "))}`;
    case "commands":
      return `-a ${quoted(commands.map(({ name }) => name).join(" "))}`;
    case "containers":
      return "-a '(__tvisor_containers)'";
    case "directories":
      return "-a '(__fish_complete_directories)'";
    case "files":
      return "-F";
    case "nothing":
      return "";
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
