/** All that a schema file needs: `import { entity, z } from '../core/schema/index.ts'`. */
export * as z from 'zod';
export { entity, type Entity, type Item } from './entity.ts';
export { event, type Event } from './event.ts';
export { SchemaError } from './error.ts';
export { decimal, id, money, timestamp } from './fields.ts';
