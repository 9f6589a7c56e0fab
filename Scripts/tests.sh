#!/bin/sh
# Runs the built tests; arguments go to `swift test`. If any fail, their issues are said again after everything else,
# because a continuous integration's log is often read by its end only.
set -u
log=$(mktemp)
status=$(mktemp)
trap 'rm -f "$log" "$status"' EXIT
{ "${SWIFT:-swift}" test --skip-build "$@" 2>&1; echo $? >"$status"; } | tee "$log"
code=$(cat "$status")
if [ "$code" -ne 0 ]; then
  echo
  echo "What failed:"
  grep -E "recorded an issue|(E|e)rror:|Fatal error" "$log" | cut -c1-400 | tail -40
fi
exit "$code"
