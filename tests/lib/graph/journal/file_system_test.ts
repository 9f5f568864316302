import { assert, assertEquals } from "@std/assert";
import { isLocal, isLocalType, mountOf, parseMountInfo } from "../../../../lib/graph/journal/file_system.ts";

/** Lines as kernels of clusters, laptops and containers write them. */
const RECORDED = `22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard,resv_strict
30 25 0:27 / /dev/shm rw,relatime - tmpfs tmpfs rw,size=24684092k
98 27 0:44 / /home rw,nosuid,relatime shared:52 - nfs4 filer:/export/home rw,vers=4.2,rsize=1048576,hard,proto=tcp
99 98 0:45 / /home/scratch rw,relatime shared:53 master:7 - xfs /dev/nvme0n1p1 rw,attr2,inode64
101 27 0:50 / /lus/grand rw,relatime - lustre 10.0.0.1@o2ib:10.0.0.2@o2ib:/grand rw,checksum,flock
102 27 0:51 / /gpfs/alpine rw,relatime - gpfs alpine rw
103 27 0:52 / /mnt/my\\040disk\\134x rw,relatime - btrfs /dev/sdb1 rw
104 27 0:53 / /mnt/ssh rw,nosuid,nodev,relatime - fuse.sshfs me@host: rw,user_id=1000
105 27 0:54 / /beegfs rw - beegfs beegfs_nodev rw
106 27 0:55 /@/work /work rw,relatime - btrfs /dev/sda2 rw,subvol=/@/work
107 106 0:56 / /work rw,relatime - cifs //server/share rw,vers=3.0
108 27 0:57 / /var/lib/docker/overlay2/abc/merged rw - overlay overlay rw,lowerdir=/x - y:/z
`;

const MOUNTS = parseMountInfo(RECORDED);

function typeOf(path: string): string | undefined {
  return mountOf(path, MOUNTS)?.type;
}

Deno.test("mountOf() takes the longest mount a path lies on", () => {
  assertEquals(typeOf("/tmp/x"), "ext4");
  assertEquals(typeOf("/home"), "nfs4");
  assertEquals(typeOf("/home/me/runs/0001"), "nfs4");
  assertEquals(typeOf("/home/scratch/runs"), "xfs");
  assertEquals(typeOf("/home/scratchy"), "nfs4");
  assertEquals(typeOf("/homes"), "ext4");
  assertEquals(typeOf("/lus/grand/projects/a"), "lustre");
  assertEquals(typeOf("/gpfs/alpine/x"), "gpfs");
  assertEquals(typeOf("/mnt/ssh/x"), "fuse.sshfs");
  assertEquals(typeOf("/var/lib/docker/overlay2/abc/merged/x"), "overlay");
});

Deno.test("mountOf() takes the later of two mounts in one place, which hides the earlier", () => {
  assertEquals(typeOf("/work/runs"), "cifs");
});

Deno.test("parseMountInfo() undoes the escapes of the kernel", () => {
  assertEquals(typeOf("/mnt/my disk\\x/runs"), "btrfs");
});

Deno.test("parseMountInfo() passes over lines of another form", () => {
  assertEquals(parseMountInfo("\nnonsense\n1 2 3\n1 2 0:1 / relative rw - ext4 x rw\n1 2 0:1 / /a rw shared:1\n"), []);
  assertEquals(mountOf("/a", []), undefined);
});

Deno.test("isLocalType() holds no file system that other machines see", () => {
  const network =
    "nfs nfs4 lustre gpfs mmfs beegfs cifs smb3 smbfs fuse.sshfs ceph fuse.ceph panfs orangefs pvfs2 afs " +
    "9p virtiofs fuse.glusterfs wekafs daos fuse.s3fs vboxsf something.new";
  assertEquals(network.split(" ").filter(isLocalType), []);
  assertEquals("ext4 xfs btrfs tmpfs overlay zfs".split(" ").filter((type) => !isLocalType(type)), []);
});

Deno.test({
  name: "isLocal() takes a path for a network one when it cannot find out",
  permissions: { read: false, write: false, sys: false },
  fn: () => assertEquals(isLocal("/"), false),
});

Deno.test({
  name: "isLocal() knows memory of this machine (needs Linux)",
  ignore: Deno.build.os !== "linux",
  fn: () => {
    assert(isLocal("/dev/shm"));
    assertEquals(isLocal("/proc"), false);
    assertEquals(isLocal("/no/such/path"), false);
  },
});
