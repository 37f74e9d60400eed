# What systemd and sudo do with our units, as far as a machine without systemd can: sourced by the shell of a document's machine.
#
# A unit's ExecStart runs as it is written: as its user, with no new privileges, with its EnvironmentFile, on a file system that
# can only be read but for its StateDirectory, its ReadWritePaths and a /tmp of its own (ProtectSystem=strict, PrivateTmp).

sudo() {
  local user=root
  while true; do case $1 in
    -u) user=$2; shift 2 ;;
    --preserve-env=*) shift ;;
    *) break ;;
  esac; done
  if [ "$user" = root ]; then "$@"; else setpriv --reuid "$user" --regid "$user" --clear-groups "$@"; fi
}

# The last word of the unit and of its drop-ins.
unit_says() { cat "/etc/systemd/system/$1.service" /etc/systemd/system/"$1".service.d/*.conf 2> /dev/null | sed -n "s|^$2=||p" | tail -n 1; }

# unit_runs NAME Exec…: in place of this shell.
unit_runs() {
  local name=$1 user state file line capability bounds=-all
  user=$(unit_says "$name" User); state=/var/lib/$(unit_says "$name" StateDirectory)
  file=$(unit_says "$name" EnvironmentFile)
  line=$(unit_says "$name" "$2" | sed 's/%%/%/g')
  # Said between single quotes alone, where the shell that reads the line leaves it as it is.
  line=${line//\$\$/$}
  [ ! -e "$state" ] || [ "$(stat -c %U "$state")" = "$user" ] || chown -R "$user:" "$state"
  install -d -m "$(unit_says "$name" StateDirectoryMode)" -o "$user" -g "$user" "$state"
  for capability in $(unit_says "$name" CapabilityBoundingSet | tr A-Z a-z); do bounds=$bounds,+${capability#cap_}; done
  export user file line state bounds writable="$(unit_says "$name" ReadWritePaths)"
  exec unshare -m bash -c '
    set -e
    for at in "$state" $writable; do mount --bind "$at" "$at"; done
    for at in / /opt /opt/wattward/* /etc /var/lib /var/backups; do mount -o remount,bind,ro "$at"; done
    mount -t tmpfs tmpfs /tmp
    case $file in -*) test -e "${file#-}" || file=/dev/null ;; esac
    umask 077; cd /
    exec env -i PATH=/usr/local/bin:/usr/bin:/bin line="$line" user="$user" bounds="$bounds" bash -c "set -a; . ${file#-}; set +a; set -f
      eval exec setpriv --reuid $user --regid $user --clear-groups --no-new-privs --bounding-set=$bounds \"\$line\""'
}

systemctl() {
  local verb=$1 name; shift
  [ "$1" != --now ] || shift
  for name in "$@"; do
    name=${name%.service}
    case $verb:$name in
      daemon-reload:* | enable:*.timer) continue ;;
    esac
    case $verb in stop | restart)
      kill "$(cat "/etc/systemd/$name.pid")"
      while kill -0 "$(cat "/etc/systemd/$name.pid")" 2> /dev/null; do sleep 0.1; done ;;
    esac
    case $verb in start | restart | enable)
      test -e "/etc/systemd/system/$name.service" || return 1
      if [ "$(unit_says "$name" Type)" = oneshot ]; then
        ( unit_runs "$name" ExecStart ) && ( unit_runs "$name" ExecStartPost ) || return 1
      else
        ( unit_runs "$name" ExecStart ) >> "/etc/systemd/$name.log" 2>&1 &
        echo $! > "/etc/systemd/$name.pid"
      fi ;;
    esac
  done
}

journalctl() { cat "/etc/systemd/$2.log"; }
