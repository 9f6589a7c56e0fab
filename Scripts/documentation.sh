#!/bin/sh
# The documentation as a site in the folder $2, from the debug build in the folder $1. Each module is converted with its own
# catalogue, which is how other tools do it too, and may link to those before it; then all are merged. Any warning is a
# failure. So is an example in a catalogue that does not compile: the ones on a page are one program.
set -eu
build=$1
site=$2
swift=${SWIFT:-swift}
modules="DescentGraph DescentRuntime DescentCPU DescentNN DescentOptim DescentData DescentFiles DescentTrain DescentCompare
  Descent"
guides="Tour AddingAnOp AddingAnOptimizer"

# A tool of the compiler's: beside it, or where Xcode has it.
bin=$(dirname "$(readlink -f "$(command -v "$swift")")")
tool() { if [ -x "$bin/$1" ]; then echo "$bin/$1"; else xcrun --find "$1" 2>/dev/null || command -v "$1"; fi; }
docc=$(tool docc)
extract=$(tool swift-symbolgraph-extract)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What reads our modules needs besides their folder: the C modules that they import.
products=$("$swift" build --scratch-path "$build" --show-bin-path)
set -- -I "$products/Modules" -module-cache-path "$products/ModuleCache"
for map in "$products"/*.build/module.modulemap "$build"/checkouts/*/Sources/*/include/module.modulemap; do
  set -- "$@" -Xcc "-fmodule-map-file=$map"
done
if [ "$(uname)" = Darwin ]; then set -- "$@" -sdk "$(xcrun --show-sdk-path)"; fi

mkdir "$work/examples"
for page in Sources/*/*.docc/*.md; do
  name=$(basename "$page" .md)
  awk '/^```swift$/ { on = 1; next } /^```$/ { on = 0 } on' "$page" >"$work/example"
  {
    grep '^import ' "$work/example" | sort -u
    echo "func example$name() async throws {"
    grep -v '^import ' "$work/example"
    echo "}"
  } >"$work/examples/$name.swift" || true
done
"$(tool swiftc)" -typecheck -parse-as-library -suppress-warnings -swift-version 6 "$@" "$work"/examples/*.swift

# The guides have one source, where people look for it beside the code.
cp -R Sources/*/*.docc "$work"
for guide in $guides; do
  sed -E -e "s/\]\(($(echo "$guides" | tr ' ' '|'))\.md\)/](doc:\1)/g" -e 's/\[([^]]*)\]\([^)]*\.md\)/\1/g' \
    "Documentation/$guide.md" >"$work/Descent.docc/$guide.md"
done

target=$("$swift" -print-target-info | sed -n 's/^ *"triple": "\(.*\)",$/\1/p')
dependencies=
for module in $modules; do
  mkdir "$work/$module"
  "$extract" -module-name "$module" -target "$target" "$@" -minimum-access-level public \
    -skip-synthesized-members -emit-extension-block-symbols -output-dir "$work/$module"
  "$docc" convert "$work/$module.docc" --additional-symbol-graph-dir "$work/$module" --warnings-as-errors \
    --fallback-default-module-kind Module --enable-experimental-external-link-support $dependencies \
    --output-path "$work/$module.doccarchive" >"$work/log" || { cat "$work/log" && exit 1; }
  dependencies="$dependencies --dependency $work/$module.doccarchive"
done

rm -rf "$site"
"$docc" merge "$work"/*.doccarchive --synthesized-landing-page-name Descent --output-path "$site"
# The site's own first page would say that there is nothing.
echo '<!DOCTYPE html><meta http-equiv="refresh" content="0; url=documentation/descent/"><title>Descent</title>' \
  >"$site/index.html"
echo "The documentation is in $site; python3 -m http.server -d $site shows it."
