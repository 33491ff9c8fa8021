#!/bin/sh
# Measures reads of data that no cache holds against reads of data in cache, and writes
# benchmarks/results/cold-reads.md. As root it also drops the page cache; otherwise it says that it could not.
#
# usage: benchmarks/cold-reads.sh [NAME VALUE ...]
#   NAME VALUE passed to the harness, such as --items 1000000 --reads 20000 --connections 1
. "$(dirname "$0")/parts.sh"

find_java
build_harness
data=$BENCHMARKS/target/data
output=$BENCHMARKS/target/cold-reads.md
rm -rf "$data"
start_assay "$data"
harness ColdAndWarm --phase load "$@"
stop "$ASSAY_PID"
sync
if [ -w /proc/sys/vm/drop_caches ] && echo 3 >/proc/sys/vm/drop_caches; then
  page_cache="The page cache was dropped before the start."
else
  page_cache="The page cache was NOT dropped (that takes root): only Assay's own caches were cold."
fi
start_assay "$data"
harness ColdAndWarm --phase measure --output "$output" "$@"

{
  echo "# Reads, cold and warm"
  echo
  echo "Written by \`benchmarks/cold-reads.sh\`; [what is measured, and how](../README.md). $page_cache"
  echo
  machine
  echo
  cat "$output"
} >"$BENCHMARKS/results/cold-reads.md"
