/** The help of `tvisor completion`. */
export const USAGE = `Usage: tvisor completion bash|zsh|fish

Prints a script that makes a shell complete commands, options and their values, the names of containers,
and signals.

Examples:
  source <(tvisor completion bash)
  tvisor completion bash > /etc/bash_completion.d/tvisor
  tvisor completion zsh > /usr/local/share/zsh/site-functions/_tvisor
  tvisor completion fish > ~/.config/fish/completions/tvisor.fish
`;
