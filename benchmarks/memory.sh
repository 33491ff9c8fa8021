#!/bin/sh
# Loads a million items of 1 KB into ./assay up and writes what memory it takes to benchmarks/results/memory.md.
#
# usage: benchmarks/memory.sh [NAME VALUE ...]
#   NAME VALUE passed to the harness, such as --items 100000
. "$(dirname "$0")/parts.sh"

find_java
build_harness
data=$BENCHMARKS/target/data
output=$BENCHMARKS/target/memory.md
rm -rf "$data"
start_assay "$data"
harness MemoryUnderLoad --pid "$ASSAY_PID" --output "$output" "$@"

{
  echo "# Memory of \`assay up\`"
  echo
  echo "Written by \`benchmarks/memory.sh\`; [what is measured, and how](../README.md)."
  echo
  machine
  echo "- $(tr '\0' '\n' <"/proc/$ASSAY_PID/cmdline" | grep -E '^-X' | tr '\n' ' ' || true)"
  echo "- $(du -sm "$data" | cut -f1) MB on disk, three replicas with their logs"
  echo
  cat "$output"
} >"$BENCHMARKS/results/memory.md"
