import type { Device } from '../../model/trace.ts';
import { type ExportReader, textIn } from '../nsys/export-reader.ts';

/** What the rows of one recording refer to, by id. */
export interface Catalog {
  /** What stands behind the names of its tables. */
  readonly suffix: string;
  readonly texts: ReadonlyMap<number, string>;
  readonly kernels: ReadonlyMap<number, string>;
  /** Row of a process or a thread to the number that the system gave it. */
  readonly processes: ReadonlyMap<number, number>;
  readonly threads: ReadonlyMap<number, number>;
  /** Row of an agent to the device; CPUs are none. */
  readonly agents: ReadonlyMap<number, Device>;
  readonly devices: readonly Device[];
  readonly script: string | null;
}

export async function readCatalog(reader: ExportReader, suffix: string): Promise<Catalog> {
  const table = (name: string): string => `rocpd_${name}${suffix}`;
  const texts = new Map<number, string>();
  await reader.each(table('string'), ['id', textIn('string')], (row) =>
    texts.set(row.number(0), row.text(1)),
  );
  const kernels = new Map<number, string>();
  await reader.each(
    table('info_kernel_symbol'),
    ['id', textIn('display_name'), textIn('kernel_name')],
    (row) => kernels.set(row.number(0), row.text(1) || row.text(2)),
  );
  const processes = new Map<number, number>();
  let script: string | null = null;
  await reader.each(table('info_process'), ['id', 'pid', textIn('command')], (row) => {
    processes.set(row.number(0), row.number(1));
    script ??= /[^\s"',[\]]+\.py(?=$|[\s"',\]])/.exec(row.text(2))?.[0] ?? null;
  });
  const threads = new Map<number, number>();
  await reader.each(table('info_thread'), ['id', 'tid'], (row) =>
    threads.set(row.number(0), row.number(1)),
  );
  const agents = await readAgents(reader, table('info_agent'));
  return {
    suffix,
    texts,
    kernels,
    processes,
    threads,
    agents,
    devices: [...agents.values()],
    script,
  };
}

async function readAgents(reader: ExportReader, table: string): Promise<Map<number, Device>> {
  const agents = new Map<number, Device>();
  const columns = ['id', 'type', 'type_index', textIn('product_name'), textIn('name')];
  await reader.each(table, columns, (row) => {
    if (row.text(1) === 'GPU') {
      const index = row.number(2);
      agents.set(row.number(0), {
        index: index >= 0 ? index : agents.size,
        name: row.text(3) || row.text(4),
        memoryBytes: null,
        computeCapability: null,
      });
    }
  });
  return agents;
}
