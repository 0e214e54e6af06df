#!/usr/bin/env bash
# The action of action.yml: `berus COMMAND` with the inputs, which come as environment variables.
set -euo pipefail

case ${COMMAND:-compile} in
    compile | verify) ;;
    *) printf '::error::the command is compile or verify, not %s\n' "$COMMAND" >&2; exit 2 ;;
esac
read -ra arguments <<<"${ARGUMENTS:-}"
read -ra paths <<<"${PATHS:-}"
[[ -z ${TARGET:-} ]] || arguments+=(--for "$TARGET")
[[ -z ${OUTPUT:-} ]] || arguments+=(--output "$OUTPUT")
berus "${COMMAND:-compile}" "${arguments[@]}" -- "${paths[@]}"
