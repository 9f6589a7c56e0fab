#!/bin/sh
# The suite under a sanitizer, `address` or `thread`, built in the folder $2; what follows goes to `swift test`, as --filter.
# Tests catch what processes of their own print, so every process writes its reports to files; any file is a failure.
set -eu
sanitizer=$1
folder=$PWD/$2
shift 2
swift=${SWIFT:-swift}

"$swift" build --build-tests --sanitize "$sanitizer" --scratch-path "$folder"
reports=$folder/reports
rm -rf "$reports"
mkdir "$reports"

preload=
case $sanitizer in
address)
  # XCTest leaks, and a stack trace for every allocation is what costs most.
  export ASAN_OPTIONS="log_path=$reports/report:detect_leaks=0:malloc_context_size=10"
  ;;
thread)
  export TSAN_OPTIONS="log_path=$reports/report:atexit_sleep_ms=100"
  if [ "$(uname)" = Linux ]; then
    preload=$folder/tsan-visible.so
    clang=$(command -v clang || echo "$(dirname "$(readlink -f "$(command -v "$swift")")")/clang")
    "$clang" -shared -fPIC -O1 -Wall -Wextra -Werror Scripts/tsan-visible.c -o "$preload"
  fi
  ;;
esac

status=0
LD_PRELOAD=$preload DESCENT_FUZZ_GRAPHS=${DESCENT_FUZZ_GRAPHS:-100} \
  "$swift" test --skip-build --sanitize "$sanitizer" --scratch-path "$folder" "$@" || status=$?
for report in "$reports"/*; do
  [ -f "$report" ] || continue
  cat "$report"
  status=1
done
exit $status
