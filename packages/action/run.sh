#!/usr/bin/env bash
# The action of action.yml: `berus COMMAND` with the inputs, which come as environment variables.
set -euo pipefail

case ${COMMAND:-compile} in
    compile | verify) ;;
    *) printf '::error::the command is compile or verify, not %s\n' "$COMMAND" >&2; exit 2 ;;
esac
# Words are divided by spaces and ends of lines; `read` ends with 1 since there is nothing after them.
read -r -d '' -a arguments <<<"${ARGUMENTS:-}" || true
read -r -d '' -a paths <<<"${PATHS:-}" || true
[[ -z ${TARGET:-} ]] || arguments+=(--for "$TARGET")
[[ -z ${OUTPUT:-} ]] || arguments+=(--output "$OUTPUT")
# Old shells take an empty list for an unset one.
berus "${COMMAND:-compile}" ${arguments[@]+"${arguments[@]}"} -- ${paths[@]+"${paths[@]}"}
