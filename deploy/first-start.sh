#!/bin/sh
# Creates the log of a county with distributed services, once, and puts the files that each process needs before its first
# start into its folder:
#   first-start.sh FOLDERS TLS ORIGIN REPLICAS OWNER
# FOLDERS has a folder for each process, named after its service: audit-1, audit-2, aid-1, …; the log is
# created in audit-1. TLS has ca.crt, and NAME.crt and NAME.key of admin and of each service. LIKA_NATS and
# LIKA_NATS_MONITOR have the addresses of the servers. OWNER, as for chown, is the user of the processes. After an
# interruption it may be run again.
set -eu
umask 077
folders=$1 tls=$2 origin=$3 replicas=$4 owner=$5
first=$folders/audit-1

# put FILE FOLDER NAME: copies a file of the first audit service or of TLS atomically.
put() {
    mkdir -p "$(dirname "$2/$3")"
    cp "$1" "$2/$3.part"
    chown "$owner" "$2/$3.part" "$2" "$(dirname "$2/$3")"
    mv "$2/$3.part" "$2/$3"
}

as_admin() {
    "$@" --replicas "$replicas" --tls-ca "$tls/ca.crt" --tls-cert "$tls/admin.crt" --tls-key "$tls/admin.key"
}

make_log() {
    if [ ! -e "$first/log.vkey" ]; then
        as_admin lika log create --data "$first" --origin "$origin"
    elif [ ! -e "$first/tls/own.key" ]; then
        # Creation was interrupted between the folder and the streams.
        as_admin lika log migrate "$first"
    fi
}

# Servers that have just been started need a while to find each other.
tries=0
until make_log; do
    tries=$((tries + 1))
    [ "$tries" -lt 30 ] || exit 1
    sleep 2
done
chown -R "$owner" "$first"

# The certificate last: a process started too early misses it, ends, and is restarted.
for folder in "$folders"/*-*; do
    service=$(basename "${folder%-*}")
    if [ "$folder" != "$first" ]; then
        case $service in
            audit) put "$first/keys/log.skey" "$folder" keys/log.skey ;;
            households | officials)
                put "$first/vault/tag.key" "$folder" vault/tag.key
                put "$first/vault/wrap.key" "$folder" vault/wrap.key
                ;;
        esac
        put "$first/log.vkey" "$folder" log.vkey
    fi
    put "$tls/ca.crt" "$folder" tls/ca.crt
    put "$tls/$service.crt" "$folder" tls/own.crt
    put "$tls/$service.key" "$folder" tls/own.key
done
