import { expect, test } from 'vitest';
import { arrivedQuestion } from '../../../functions/redrive/log.ts';
import { order } from '../../../schemas/order.ts';
import { productViewed } from '../../../schemas/product_viewed.ts';

test('the log of an entity is asked for events of changes, from a day on', () => {
  expect(arrivedQuestion('tailrace_dev', order, '2026-11-25', ['e1', "it's"])).toBe(
    `SELECT DISTINCT "change_event_id" FROM "tailrace_dev"."orders_changes" WHERE "dt" >= '2026-11-25' AND "change_event_id" IN ('e1', 'it''s')`,
  );
});

test('the log of an event is asked for events', () => {
  expect(arrivedQuestion('tailrace_dev', productViewed, '2026-11-25', ['e1'])).toBe(
    `SELECT DISTINCT "event_id" FROM "tailrace_dev"."product_viewed" WHERE "dt" >= '2026-11-25' AND "event_id" IN ('e1')`,
  );
});
