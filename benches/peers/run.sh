#!/usr/bin/env bash
# Medcode in the bench of its peers: builds it, measures, prints the tables.
#
#   benches/peers/run.sh BENCH [NAME...]
#
# BENCH is a prepared copy of ../shared/bench that can be written to (its README says how to prepare it); what it has built
# of the other contestants is used as it is. NAMEs are contestants: naive, medcode, tantivy and minisearch unless given. Set A is
# ICD-10-CM alone, set B all that the bench has. Takes a quarter of an hour; the machine should have nothing else to do.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
bench=${1:?expected the folder of a bench, such as ../bench}
shift
names=("$@")
[[ ${#names[@]} -gt 0 ]] || names=(naive medcode tantivy minisearch)
[[ -d $bench/node_modules ]] || { echo "$bench has no node_modules: prepare it as its README says" >&2; exit 2; }
cp "$here/medcode.js" "$here/medcode.build.mjs" "$bench/contestants/"
(cd "$root" && cargo build --quiet --release --locked --bin medcode && cargo build --quiet --profile test --locked --example bindgen)
cd "$bench"
for set in A B; do
  MEDCODE=$root node build.mjs --set "$set" "${names[@]}"
  only=empty,$(IFS=,; echo "${names[*]}")
  node bench.mjs --set "$set" --only "$only" --cold 7 --passes 1 --what cold,mem,keys,quality
  node "$here/table.mjs" . "$set"
done
