import type { Format } from './format.ts';
import { WireCursor } from './protobuf/wire-cursor.ts';
import { readSpace } from './xplane/read-space.ts';
import { PLANE, SPACE } from './xplane/schema.ts';

/** How planes are called: `/host:CPU`, `/device:TPU:0`, `#Chip0`, `Task Environment`. */
const PLANE_NAME = /^(\/(host|device|virtualdevice):|#Chip|Task Environment$|Host CPUs$|Syscalls$)/;

/**
 * What the profilers of JAX and TensorFlow write.
 * https://github.com/openxla/xla/blob/main/third_party/tsl/tsl/profiler/protobuf/xplane.proto
 */
export const xplane: Format = {
  id: 'xplane',
  title: 'XPlane of JAX or TensorFlow',

  recognize({ bytes }) {
    const space = new WireCursor().open(bytes, 0, bytes.length);
    return space.next() && space.field === SPACE.planes && PLANE_NAME.test(nameOf(space)) ? 0.9 : 0;
  },

  identify() {
    return { rank: null, worldSize: null, runName: null };
  },

  read: readSpace,
};

function nameOf({ bytes, start, end }: WireCursor): string {
  const plane = new WireCursor().open(bytes, start, end);
  while (plane.next()) {
    if (plane.field === PLANE.name) {
      return plane.text();
    }
    if (plane.field !== PLANE.id) {
      break;
    }
  }
  return '';
}
