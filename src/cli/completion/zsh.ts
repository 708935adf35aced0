/** The completion script for zsh: a function that compinit finds by its first line, or that is sourced. */
import { shellCore } from "./core.ts";
import type { Option, Tables } from "./tables.ts";

export function zshScript(tables: Tables): string {
  const { general, commands } = tables;
  const cases = commands.map(
    ({ name, options }) => `      ${name}) found=(${described(options)}) ;;`,
  );
  const names = commands.map(({ name, explanation }) => quoted(`${name}:${explanation}`));
  return `#compdef tvisor
# Made by tvisor completion.
${shellCore(tables)}
_tvisor() {
  local _tvisor_command _tvisor_place _tvisor_option _tvisor_root _tvisor_kind _tvisor_words
  local -a found
  _tvisor_find "\${(@)words[2,CURRENT-1]}"
  _tvisor_offer
  if [[ -z "$_tvisor_option" && "$_tvisor_place" -eq 0 && "$words[CURRENT]" == -* ]]; then
    case "$_tvisor_command" in
      "") found=(${described(general)}) ;;
${cases.join("\n")}
    esac
    _describe -o option found
    return
  fi
  case "$_tvisor_kind" in
    words) found=("\${(@s: :)_tvisor_words}"); _describe value found ;;
    commands) found=(${names.join(" ")}); _describe command found ;;
    containers) found=("\${(@f)$(_tvisor_containers "$words[1]")}"); _describe container found ;;
    directories) _files -/ ;;
    files) _files ;;
    *) _message "nothing to complete" ;;
  esac
}
if [[ "$funcstack[1]" == _tvisor ]]; then _tvisor "$@"; else compdef _tvisor tvisor; fi
`;
}

function described(options: readonly Option[]): string {
  return options
    .flatMap(({ names, explanation }) => names.map((name) => quoted(`${name}:${explanation}`)))
    .join(" ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
