# Parts of the benchmark scripts; sourced by them.
#
# MVN          the Maven command (default: mvn)

set -eu
cd "$(dirname "$0")/.."
TOP=$PWD
BENCHMARKS=$TOP/benchmarks
LOGS=$BENCHMARKS/target/logs
MVN=${MVN:-mvn}
STARTED=
RADOSGW=

fail() {
  echo "$*" >&2
  exit 1
}

# The Java that runs the harness and DynamoDB Local: a JDK of 25 or later.
find_java() {
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/java/* "$HOME"/.sdkman/candidates/java/*; do
    if [ -x "$home/bin/java" ] && [ -x "$home/bin/jcmd" ] \
        && version=$("$home/bin/java" -XshowSettings:properties -version 2>&1 \
          | sed -n 's/^ *java.specification.version = //p') \
        && [ "${version%%.*}" -ge 25 ]; then
      JAVA=$home/bin/java
      return
    fi
  done
  fail "No JDK 25 was found. Set JAVA_HOME to one."
}

build_harness() {
  echo "building the harness" >&2
  $MVN -q -B -ntp -pl benchmarks -am -DskipTests package dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory=target/lib >&2
  mkdir -p "$LOGS" "$BENCHMARKS/results"
}

# harness MAIN-CLASS ARGUMENTS...   with JAVA_OPTIONS, if there are any
harness() {
  "$JAVA" ${JAVA_OPTIONS:-} --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -Djava.util.logging.config.file="$BENCHMARKS/logging.properties" \
    -cp "$BENCHMARKS/target/classes:$BENCHMARKS/target/lib/*" "dev.assay.benchmarks.$@"
}

# started PID: end it when the script ends
started() {
  STARTED="$STARTED $1"
}

# stop PID: ends it and waits until it is gone
stop() {
  kill "$1" 2>/dev/null || return 0
  for _ in $(seq 300); do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.1
  done
  fail "process $1 does not end"
}

stop_all() {
  for pid in $STARTED; do
    stop "$pid"
  done
  if [ -n "$RADOSGW" ]; then
    infra/test-servers/radosgw.sh stop "$RADOSGW"
  fi
}
trap stop_all EXIT

# answers URL LOG: waits until a server answers at all
answers() {
  for _ in $(seq 600); do
    if [ "$(curl -s -o "$LOGS/answer" -w '%{http_code}' "$1" || true)" != 000 ]; then
      return
    fi
    sleep 0.2
  done
  tail -20 "$2" >&2
  fail "nothing answers at $1"
}

# ready URL LOG: waits until a server answers 200
ready() {
  for _ in $(seq 600); do
    if curl -fs -o "$LOGS/answer" "$1"; then
      return
    fi
    sleep 0.2
  done
  tail -20 "$2" >&2
  fail "$1 is not ready"
}

free_port() {
  if curl -s -o /dev/null "http://localhost:$1"; then
    fail "port $1 is taken"
  fi
}

# jvm PID: the Java process that a started command is, or has started
jvm() {
  for pid in "$1" $(pgrep -P "$1" || true); do
    if [ "$(cat "/proc/$pid/comm")" = java ]; then
      echo "$pid"
      return
    fi
  done
  fail "process $1 runs no Java"
}

# start_assay DATA [PORT ADMIN-PORT [OPTIONS...]]: sets ASSAY_PID
start_assay() {
  data_folder=$1
  port=${2:-8000}
  admin_port=${3:-8010}
  shift $(($# < 3 ? $# : 3))
  free_port "$port"
  ./assay up --data "$data_folder" --port "$port" --admin-port "$admin_port" "$@" >>"$LOGS/assay.log" 2>&1 &
  started $!
  ready "http://localhost:$admin_port/readyz" "$LOGS/assay.log"
  ASSAY_PID=$(jvm $!)
  started "$ASSAY_PID"
}

# start_dynamodb_local PORT: sets DYNAMODB_PID
start_dynamodb_local() {
  local=$BENCHMARKS/dynamodb-local
  if [ ! -d "$local/target/lib" ]; then
    $MVN -q -B -ntp -f "$local/pom.xml" package >&2
  fi
  free_port "$1"
  "$JAVA" "-Djava.library.path=$local/target/lib" -cp "$local/target/lib/*" \
    com.amazonaws.services.dynamodbv2.local.main.ServerRunner \
    -inMemory -port "$1" -disableTelemetry >"$LOGS/dynamodb-local-$1.log" 2>&1 &
  DYNAMODB_PID=$!
  started "$DYNAMODB_PID"
  answers "http://localhost:$1" "$LOGS/dynamodb-local-$1.log"
}

# start_radosgw FOLDER: sets RADOSGW; fails if there is none, or not for this user
start_radosgw() {
  if ! command -v radosgw >/dev/null || ! command -v ceph-osd >/dev/null || [ "$(id -u)" != 0 ]; then
    return 1
  fi
  rm -rf "$1"
  RADOSGW=$1
  infra/test-servers/radosgw.sh start "$1" >"$LOGS/radosgw.log" 2>&1 || fail "radosgw: see $LOGS/radosgw.log"
}

# both_stores CLASS FOLDER OUTPUT [NAME VALUE ...]: on the embedded store, and on radosgw if there is one;
# RADOSGW_ARGUMENTS are for the latter alone
both_stores() {
  class=$1
  folder=$2
  output=$3
  shift 3
  rm -rf "$folder"
  harness "$class" --folder "$folder/embedded" --output "$output" "$@"
  if start_radosgw "$folder/radosgw-server"; then
    harness "$class" --folder "$folder/radosgw" --output "$output.radosgw" --store-name radosgw \
      --endpoint "$(cat "$RADOSGW/endpoint")" --credentials "$RADOSGW/credentials" ${RADOSGW_ARGUMENTS:-} "$@"
    tail -n +3 "$output.radosgw" >>"$output"
    rm "$output.radosgw"
  else
    printf '\nNot measured on radosgw, which this machine does not have.\n' >>"$output"
  fi
}

# What the figures were taken on.
machine() {
  echo "- $(nproc) cores ($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)), \
$(awk '/MemTotal/ { printf "%.0f", $2 / 1048576 }' /proc/meminfo) GB of memory, Linux $(uname -r | cut -d- -f1)"
  echo "- Java $("$JAVA" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.vm.version = //p')"
  echo "- $(date -u +%F), commit $(git describe --always --dirty)"
}
