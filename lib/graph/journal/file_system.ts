import { readFileSync, realpathSync } from "node:fs";

/** A mounted file system. */
export interface Mount {
  /** Where it is mounted. */
  readonly at: string;
  /** Its type: `ext4`, `nfs4`, `fuse.sshfs`. */
  readonly type: string;
}

/** What keeps its files on this machine. All else, known or not, may be seen by other machines and is treated so. */
const LOCAL = new Set(
  ("ext2 ext3 ext4 xfs btrfs zfs tmpfs ramfs overlay aufs f2fs jfs reiserfs bcachefs nilfs2 ufs hfsplus apfs " +
    "vfat exfat ntfs ntfs3 fuseblk squashfs erofs").split(" "),
);

/** Whether files of this type of file system lie on this machine alone. */
export function isLocalType(type: string): boolean {
  return LOCAL.has(type);
}

/** The mounts in the text of `/proc/self/mountinfo`; lines that are not of its form are left out. */
export function parseMountInfo(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split("\n")) {
    // 36 35 98:0 /root /mount/point options [tags…] - type source super-options
    const [mount = "", source = ""] = line.split(" - ", 2);
    const at = mount.split(" ")[4];
    const type = source.split(" ")[0];
    if (at === undefined || !at.startsWith("/") || type === undefined || type === "") continue;
    mounts.push({ at: at.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8))), type });
  }
  return mounts;
}

/** The mount a path lies on: the longest that it begins with, of equal ones the last, which hides those before it. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  let best: Mount | undefined;
  for (const mount of mounts) {
    const below = path === mount.at || path.startsWith(mount.at.endsWith("/") ? mount.at : `${mount.at}/`);
    if (below && (best === undefined || mount.at.length >= best.at.length)) best = mount;
  }
  return best;
}

/**
 * Whether a path lies on a file system of this machine alone. The write-ahead log of SQLite needs memory shared by all
 * that open the file, which no network file system has; so when nothing is known, it is taken for a network one.
 */
export function isLocal(path: string): boolean {
  if (Deno.build.os !== "linux") return false;
  // Asked first, because a script with few permissions must not be stopped by a prompt for a file it never heard of.
  if (Deno.permissions.querySync({ name: "read", path: MOUNT_INFO }).state !== "granted") return false;
  try {
    const mount = mountOf(realpathSync(path), parseMountInfo(readFileSync(MOUNT_INFO, "utf8")));
    return mount !== undefined && isLocalType(mount.type);
  } catch {
    return false;
  }
}

const MOUNT_INFO = "/proc/self/mountinfo";
