#!/bin/sh
# Installs the libraries Descent needs and does not find: oneDNN (with headers), OpenBLAS (for LAPACK) and LLVM 19 (the engine works with 15 and later; 19 is what is tested).
set -eu

have_onednn() { [ -e /usr/include/oneapi/dnnl/dnnl.h ] || [ -e /usr/include/dnnl.h ] || [ -n "${DESCENT_ONEDNN:-}" ]; }
# The reference LAPACK would do, six times slower.
have_lapack() {
  [ -n "${DESCENT_LAPACK:-}" ] || ls /usr/lib/*/libopenblas.so* /usr/lib/libopenblas.so* /usr/lib64/libopenblas.so* 2>/dev/null | grep -q .
}
have_llvm() {
  [ -n "${DESCENT_LLVM:-}" ] && return 0
  for version in 21 20 19; do
    ls /usr/lib/*/libLLVM-$version.so* /usr/lib/*/libLLVM.so.$version* /usr/lib/llvm-$version/lib/libLLVM*.so* 2>/dev/null \
      | grep -q . && return 0
  done
  return 1
}

case "$(uname -s)" in
Linux)
  missing=""
  have_onednn || missing="$missing libdnnl-dev"
  have_lapack || missing="$missing libopenblas0-serial"
  have_llvm || missing="$missing libllvm19"
  if [ -n "$missing" ]; then
    echo "installing$missing" >&2
    sudo=""
    [ "$(id -u)" -eq 0 ] || sudo="sudo"
    if ! command -v apt-get >/dev/null; then
      echo "error: install$missing with this system's package manager (their Debian names), then try again" >&2
      exit 1
    fi
    $sudo apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing
  fi
  ;;
Darwin)
  for formula in onednn llvm; do
    if ! brew list "$formula" >/dev/null 2>&1; then brew install "$formula"; fi
  done
  ;;
*)
  echo "error: Descent runs on Linux and macOS, not on $(uname -s)" >&2
  exit 1
  ;;
esac
