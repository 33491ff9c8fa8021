#!/usr/bin/env bash
# A real S3 server for the tests: Ceph's radosgw on one monitor and one object daemon that keeps everything in memory.
#
#   radosgw.sh start DIR    starts it on free loopback ports; DIR must be absent or empty. Then DIR/endpoint holds the
#                           URL and DIR/credentials the access key and the secret, one a line.
#   radosgw.sh stop DIR     stops it and removes DIR.
#
# Needs root and: apt-get install -y --no-install-recommends ceph-mon ceph-osd radosgw
# Every wait has a deadline, after which the ends of the logs are shown, everything is stopped, and it exits 1.
set -euo pipefail

action=${1:-}
folder=${2:-}
if [ -z "$folder" ] || { [ "$action" != start ] && [ "$action" != stop ]; }; then
  echo "usage: radosgw.sh start|stop DIR" >&2
  exit 2
fi

stop_daemons() {
  local pid_file pid
  for pid_file in "$folder"/run/{rgw,osd,mon}.pid; do
    [ -s "$pid_file" ] || continue
    pid=$(cat "$pid_file")
    # Only what was started for this folder.
    if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF -- "$folder/ceph.conf"; then
      kill -9 "$pid" 2>/dev/null || true
    fi
  done
}

fail() {
  echo "radosgw.sh: $1" >&2
  for log in "$folder"/log/*; do
    [ -f "$log" ] || continue
    echo "--- the end of $log" >&2
    tail -n 15 "$log" >&2
  done
  stop_daemons
  exit 1
}

# run SECONDS COMMAND...: its output goes to a log.
run() {
  local seconds=$1
  shift
  timeout -k 2 "$seconds" "$@" >>"$folder/log/commands" 2>&1 || fail "failed, or took over $seconds s: $*"
}

# await SECONDS WHAT COMMAND...
await() {
  local seconds=$1 what=$2 until
  shift 2
  until=$((SECONDS + seconds))
  until timeout -k 1 10 "$@" >>"$folder/log/commands" 2>&1; do
    [ "$SECONDS" -lt "$until" ] || fail "$what did not come within $seconds s"
    sleep 0.2
  done
}

free_ports() {
  python3 - <<'PYTHON'
import socket
sockets = [socket.socket() for _ in range(2)]
for s in sockets:
    s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))
PYTHON
}

if [ "$action" = stop ]; then
  [ -d "$folder" ] || exit 0
  folder=$(cd "$folder" && pwd)
  [ -f "$folder/ceph.conf" ] || { echo "radosgw.sh: $folder holds no server of this script" >&2; exit 1; }
  stop_daemons
  rm -rf "$folder"
  exit 0
fi

[ "$(id -u)" = 0 ] || { echo "radosgw.sh: Ceph's daemons are started as root" >&2; exit 1; }
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
[ -z "$(ls -A "$folder")" ] || { echo "radosgw.sh: $folder is not empty" >&2; exit 1; }
mkdir "$folder"/{log,run,mon,osd,rgw}
read -r mon_port rgw_port < <(free_ports)
cluster_id=$(cat /proc/sys/kernel/random/uuid)
osd_id=$(cat /proc/sys/kernel/random/uuid)

cat >"$folder/ceph.conf" <<CONF
[global]
fsid = $cluster_id
mon host = [v2:127.0.0.1:$mon_port]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
run dir = $folder/run
admin socket = $folder/run/\$name.sock
keyring = $folder/keyring
crash dir = $folder/log
ms bind msgr1 = false
ms bind ipv6 = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd crush update on start = false
osd class update on start = false
mon allow pool size one = true
mon max pg per osd = 1000
client mount timeout = 30
[mon]
mon data = $folder/mon
mon data avail crit = 0
mon data avail warn = 0
mon cluster log file = $folder/log/cluster
[osd]
osd data = $folder/osd
osd objectstore = memstore
memstore device bytes = 2147483648
osd max object size = 134217728
[client.rgw]
ms mon client mode = crc
rgw frontends = beast endpoint=127.0.0.1:$rgw_port
rgw data = $folder/rgw
rgw thread pool size = 32
rgw enable usage log = false
rgw dns name =
rgw init timeout = 30
CONF

conf=(-c "$folder/ceph.conf")
ceph=(ceph "${conf[@]}" --connect-timeout 10)
run 10 ceph-authtool --create-keyring "$folder/keyring" --gen-key -n mon. --cap mon 'allow *'
run 10 monmaptool --create --fsid "$cluster_id" --addv a "[v2:127.0.0.1:$mon_port]" "$folder/run/monmap"
run 20 ceph-mon "${conf[@]}" -i a --mkfs --monmap "$folder/run/monmap" --keyring "$folder/keyring"

# daemon NAME COMMAND...: in the foreground of its own session, so that its id is known.
daemon() {
  local name=$1
  shift
  setsid "$@" >"$folder/log/$name" 2>&1 </dev/null &
  echo $! >"$folder/run/$name.pid"
  disown
}

daemon mon ceph-mon "${conf[@]}" -i a -f --log-to-stderr=true --err-to-stderr=true --log-file=
await 30 "the monitor's quorum" "${ceph[@]}" mon stat
run 20 "${ceph[@]}" osd new "$osd_id"
run 20 "${ceph[@]}" osd crush add osd.0 1 root=default
run 30 ceph-osd "${conf[@]}" -i 0 --mkfs --osd-uuid "$osd_id"
daemon osd ceph-osd "${conf[@]}" -i 0 -f --log-to-stderr=true --err-to-stderr=true --log-file=
await 30 "the object daemon" bash -c "ceph -c '$folder/ceph.conf' --connect-timeout 5 osd stat | grep -q '1 up'"

admin=(radosgw-admin "${conf[@]}" -n client.rgw)
secret=$(head -c 30 /dev/urandom | base64 | tr -d '/+=')
run 60 "${admin[@]}" user create --uid=assay --display-name=assay --access-key=ASSAYTEST --secret-key="$secret"

# Clients in us-east-1 name no location, or this one.
timeout -k 2 60 "${admin[@]}" zonegroup get --rgw-zonegroup=default >"$folder/run/zonegroup" 2>>"$folder/log/commands" ||
  fail "the zone group could not be read"
sed -i 's/"api_name": "[^"]*"/"api_name": "us-east-1"/' "$folder/run/zonegroup"
run 60 "${admin[@]}" zonegroup set --rgw-zonegroup=default --infile "$folder/run/zonegroup"
daemon rgw radosgw "${conf[@]}" -n client.rgw -f --log-to-stderr=true --err-to-stderr=true --log-file=
await 45 "an answer of radosgw" python3 -c "import urllib.request as r; r.urlopen('http://127.0.0.1:$rgw_port/', timeout=5)"

umask 077
printf '%s\n' ASSAYTEST "$secret" >"$folder/credentials"
echo "http://127.0.0.1:$rgw_port" >"$folder/endpoint"
echo "endpoint http://127.0.0.1:$rgw_port"
echo "credentials $folder/credentials"
