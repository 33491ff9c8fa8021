#!/bin/sh
# Measures how fast an agent archives a log beside plain uploads of 16 MiB objects with the same client, to the
# embedded store and to radosgw, and writes benchmarks/results/archive-throughput.md.
#
# usage: benchmarks/archive-throughput.sh [NAME VALUE ...]
#   NAME VALUE passed to the harness, such as --rounds 3 --segments 4
. "$(dirname "$0")/parts.sh"

find_java
build_harness
output=$BENCHMARKS/target/archive-throughput.md
# What is written there stays there, and it has 2 GiB of memory.
RADOSGW_ARGUMENTS="--segments 4 --rounds 6"
both_stores ArchiveThroughput "$BENCHMARKS/target/archive-trial" "$output" "$@"

{
  echo "# Archiving beside plain uploads"
  echo
  echo "Written by \`benchmarks/archive-throughput.sh\`; [what is measured, and how](../README.md)."
  echo
  machine
  echo
  cat "$output"
} >"$BENCHMARKS/results/archive-throughput.md"
rm -rf "$BENCHMARKS/target/archive-trial/embedded" "$BENCHMARKS/target/archive-trial/radosgw"
