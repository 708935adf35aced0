/** The completion script for bash. */
import { shellCore } from "./core.ts";
import type { Tables } from "./tables.ts";

export function bashScript(tables: Tables): string {
  const { general, commands } = tables;
  const long = (options: typeof general) =>
    options.flatMap(({ names }) => names.filter((name) => name.startsWith("--"))).join(" ");
  const cases = commands.map(({ name, options }) => `      ${name}) words="${long(options)}" ;;`);
  return `# Made by tvisor completion; complete -r tvisor undoes it.
${shellCore(tables)}
_tvisor() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words=""
  local _tvisor_command _tvisor_place _tvisor_option _tvisor_root _tvisor_kind _tvisor_words
  _tvisor_find "\${COMP_WORDS[@]:1:COMP_CWORD-1}"
  _tvisor_offer
  COMPREPLY=()
  if [ -z "$_tvisor_option" ] && [ "$_tvisor_place" -eq 0 ] && [ "\${word:0:1}" = - ]; then
    case "$_tvisor_command" in
      "") words="${long(general)}" ;;
${cases.join("\n")}
    esac
    COMPREPLY=($(compgen -W "$words" -- "$word"))
    return
  fi
  case "$_tvisor_kind" in
    words) words="$_tvisor_words" ;;
    commands) words="${commands.map(({ name }) => name).join(" ")}" ;;
    containers) words="$(_tvisor_containers "\${COMP_WORDS[0]}")" ;;
    directories)
      compopt -o filenames 2>/dev/null
      COMPREPLY=($(compgen -d -- "$word"))
      return
      ;;
    # Left to the shell's own names of files.
    files) return ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  # What is known to be no file's name is not completed as one.
  [ "\${#COMPREPLY[@]}" -gt 0 ] || compopt +o default 2>/dev/null
}
complete -o default -F _tvisor tvisor
`;
}
