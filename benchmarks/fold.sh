#!/bin/sh
# Measures folds of the archive into a reference: their throughput beside reading, decompressing and checksumming the same
# segments; what it costs to fold a change on; and that ten million small items fold within 1 GB of heap, the embedded
# store's included. Writes benchmarks/results/fold.md.
#
# usage: benchmarks/fold.sh [NAME VALUE ...]
#   NAME VALUE passed to the first two, such as --rounds 3 --items 100000
. "$(dirname "$0")/parts.sh"

find_java
build_harness
trial=$BENCHMARKS/target/fold-trial
output=$BENCHMARKS/target/fold

fresh() {
  rm -rf "$trial"
  mkdir -p "$trial"
}

fresh
harness FoldThroughput --folder "$trial" --output "$output-throughput.md" "$@"
fresh
harness FoldCost --folder "$trial" --output "$output-cost.md" "$@"
fresh
JAVA_OPTIONS=-Xmx1g harness FoldThroughput --folder "$trial" --output "$output-small.md" \
  --items 10000000 --item-bytes 20 --warmup-rounds 0 --rounds 1
rm -rf "$trial"

{
  echo "# Folding the archive into a reference"
  echo
  echo "Written by \`benchmarks/fold.sh\`; [what is measured, and how](../README.md)."
  echo
  machine
  echo
  echo "## Throughput, from genesis"
  echo
  cat "$output-throughput.md"
  echo
  echo "## What a change costs"
  echo
  cat "$output-cost.md"
  echo
  echo "## Ten million small items, in a heap of 1 GB"
  echo
  cat "$output-small.md"
} >"$BENCHMARKS/results/fold.md"
