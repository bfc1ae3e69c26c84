import type { FieldReader } from '../json/field-reader.ts';
import { FIELD } from './event-layout.ts';

/** Autograd's number of an event plus 1, and 0 for none; NaN and negative numbers are none. */
export function autogradNumber(fields: FieldReader): number {
  const isNumbered = fields.has(FIELD.autograd) && fields.number(FIELD.autograd) >= 0;
  return isNumbered ? fields.id(FIELD.autograd) + 1 : 0;
}
