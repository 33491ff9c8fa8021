#!/bin/sh
# Measures writes at a fixed load with archiving on beside the same with archiving off, and writes
# benchmarks/results/archive-foreground.md.
#
# usage: benchmarks/archive-foreground.sh [NAME VALUE ...]
#   NAME VALUE passed to the harness, such as --pairs 3 --seconds 5 --warmup-seconds 5
. "$(dirname "$0")/parts.sh"

find_java
build_harness
on=$BENCHMARKS/target/data
off=$BENCHMARKS/target/data-no-archive
output=$BENCHMARKS/target/archive-foreground.md
rm -rf "$on" "$off"
start_assay "$on"
on_pid=$ASSAY_PID
start_assay "$off" 8001 8011 --no-archive
harness ForegroundLatency --on-pid "$on_pid" --off-endpoint http://localhost:8001 --off-pid "$ASSAY_PID" \
  --output "$output" "$@"

{
  echo "# Writes with archiving on and off"
  echo
  echo "Written by \`benchmarks/archive-foreground.sh\`; [what is measured, and how](../README.md)."
  echo
  machine
  echo
  cat "$output"
} >"$BENCHMARKS/results/archive-foreground.md"
