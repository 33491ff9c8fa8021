#!/bin/sh
# Measures Assay (three replicas, every write fsynced on a majority) against DynamoDB Local (one copy, in memory)
# on this machine, in turns, and writes benchmarks/results/dynamodb-local.md.
#
# usage: benchmarks/compare-dynamodb-local.sh [--itself] [NAME VALUE ...]
#   --itself   DynamoDB Local on both sides: how far apart equal servers come out here; the result is only printed
#   NAME VALUE passed to the harness, such as --rounds 3 --seconds 4 --warmup-seconds 8
. "$(dirname "$0")/parts.sh"

find_java
build_harness
output=$BENCHMARKS/target/dynamodb-local.md
if [ "${1:-}" = --itself ]; then
  shift
  start_dynamodb_local 8124
  set -- --a-name "DynamoDB Local again" --a-endpoint http://localhost:8124 --a-pid "$DYNAMODB_PID" "$@"
else
  data=$BENCHMARKS/target/data
  rm -rf "$data"
  start_assay "$data"
  set -- --a-pid "$ASSAY_PID" "$@"
  result=$BENCHMARKS/results/dynamodb-local.md
fi
start_dynamodb_local 8123
harness SideBySide --b-endpoint http://localhost:8123 --b-pid "$DYNAMODB_PID" --output "$output" "$@"

if [ -n "${result:-}" ]; then
  {
    echo "# Assay and DynamoDB Local, side by side"
    echo
    echo "Written by \`benchmarks/compare-dynamodb-local.sh\`; [what is measured, and how](../README.md)."
    echo
    machine
    version=$(ls "$BENCHMARKS"/dynamodb-local/target/lib/DynamoDBLocal-*.jar)
    echo "- DynamoDB Local $(basename "$version" .jar | cut -d- -f2), \`-inMemory\`, with the JVM's default heap"
    echo
    cat "$output"
  } >"$result"
  echo "written to ${result#"$TOP"/}" >&2
fi
