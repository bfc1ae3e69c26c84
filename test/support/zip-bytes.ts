import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipMember {
  readonly name: string;
  readonly content: Uint8Array | string;
  /** Stored as it is, rather than deflated. */
  readonly isStored?: boolean;
  /** Sizes behind the content rather than before it, as who writes to a pipe has to. */
  readonly isStreamed?: boolean;
  /** Of the general purpose bits: 1 is encrypted. */
  readonly flags?: number;
  readonly method?: number;
  /** The right one unless given. */
  readonly checksum?: number;
}

/** A zip archive. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
export function zipBytes(members: readonly ZipMember[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const { local, central } = pack(member, offset);
    parts.push(local);
    directory.push(central);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}

function pack(member: ZipMember, offset: number): { local: Buffer; central: Buffer } {
  const { isStored = false, isStreamed = false, flags = 0 } = member;
  const content = Buffer.from(member.content);
  const data = isStored ? content : deflateRawSync(content);
  const name = Buffer.from(member.name);
  // Version, flags, method, time, date, checksum, both sizes, length of the name, length of more.
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(flags | (isStreamed ? 8 : 0), 2);
  common.writeUInt16LE(member.method ?? (isStored ? 0 : 8), 4);
  const sizes = Buffer.alloc(12);
  sizes.writeUInt32LE(member.checksum ?? crc32(content), 0);
  sizes.writeUInt32LE(data.length, 4);
  sizes.writeUInt32LE(content.length, 8);
  common.writeUInt16LE(name.length, 22);
  const full = Buffer.from(common);
  sizes.copy(full, 10);
  const local = Buffer.concat([
    Buffer.from([0x50, 0x4b, 3, 4]),
    isStreamed ? common : full,
    name,
    data,
    isStreamed ? Buffer.concat([Buffer.from([0x50, 0x4b, 7, 8]), sizes]) : Buffer.alloc(0),
  ]);
  const place = Buffer.alloc(14);
  place.writeUInt32LE(offset, 10);
  const central = Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), full, place, name]);
  return { local, central };
}
