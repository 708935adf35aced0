/**
 * core: the part of a completion script that bash and zsh share, in the language that both have. From the
 * words before the one to complete it finds which command is meant, which of its plain words is next, and
 * whether the value of an option is: the tables as `case` branches.
 */
import type { Kind, Option, Tables } from "./tables.ts";

/** Every option as "command --name", with "" for the command of those before it. */
function pairs(
  { general, commands }: Tables,
  wanted: (option: Option) => boolean,
): { at: string; option: Option }[] {
  const all = [{ name: "", options: general }, ...commands];
  return all.flatMap(({ name, options }) =>
    options
      .filter(wanted)
      .flatMap((option) => option.names.map((at) => ({ at: `${name} ${at}`, option }))),
  );
}

export function shellCore(tables: Tables): string {
  const valued = pairs(tables, ({ value }) => value !== null);
  const values = valued.map(({ at, option }) => `      "${at}") ${offer(option.value!)} ;;`);
  return `# Which command, which place among its plain words, and which option waits for its value.
_tvisor_find() {
  local word
  _tvisor_command="" _tvisor_place=0 _tvisor_option="" _tvisor_root=""
  while [ "$#" -gt 0 ]; do
    word="$1"
    shift
    if [ "$_tvisor_place" -gt 0 ]; then
      _tvisor_place=$((_tvisor_place + 1))
      continue
    fi
    case "$word" in
      --) _tvisor_place=1 ;;
      --root=*) [ -n "$_tvisor_command" ] || _tvisor_root="\${word#*=}" ;;
      -*)
        case "$_tvisor_command $word" in
          ${valued.map(({ at }) => `"${at}"`).join(" | ")})
            if [ "$#" -eq 0 ]; then
              _tvisor_option="$word"
            else
              [ "$_tvisor_command $word" != " --root" ] || _tvisor_root="$1"
              shift
            fi
            ;;
        esac
        ;;
      *)
        if [ -z "$_tvisor_command" ]; then _tvisor_command="$word"; else _tvisor_place=1; fi
        ;;
    esac
  done
}

# What to offer: a kind, and for words themselves the words.
_tvisor_offer() {
  _tvisor_kind="nothing" _tvisor_words=""
  if [ -n "$_tvisor_option" ]; then
    case "$_tvisor_command $_tvisor_option" in
${values.join("\n")}
    esac
    return
  fi
  case "$_tvisor_command $_tvisor_place" in
${places(tables).join("\n")}
  esac
}

_tvisor_containers() {
  if [ -n "$_tvisor_root" ]; then
    "$1" --root "$_tvisor_root" list --quiet 2>/dev/null
  else
    "$1" list --quiet 2>/dev/null
  fi
}
`;
}

function places({ commands }: Tables): string[] {
  return [
    '    " 0") _tvisor_kind="commands" ;;',
    ...commands.flatMap(({ name, words, repeats }) =>
      words.map((kind, i) => {
        const isOpen = repeats && i === words.length - 1;
        return `    "${name} ${i}"${isOpen ? ` | "${name} "*` : ""}) ${offer(kind)} ;;`;
      }),
    ),
  ];
}

function offer(kind: Kind): string {
  const words = kind.is === "words" ? ` _tvisor_words="${kind.words.join(" ")}"` : "";
  return `_tvisor_kind="${kind.is}"${words}`;
}
