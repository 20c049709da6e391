import { newId } from '../../../src/kernel/id.ts';
import type { NewRequirement } from '../../../src/sourcing/requirement.ts';
import type { World } from '../world.ts';
import type { EvaluatedEvent } from './awards.ts';

/** A question that can be answered by yes or no, and does nothing with the answer. */
export const someQuestion = (over: Partial<NewRequirement> = {}): NewRequirement => ({
  envelope: 'technical',
  kind: 'yes_no',
  prompt: 'Are you certified to ISO 9001?',
  help: '',
  isRequired: true,
  options: [],
  minimum: null,
  maximum: null,
  unit: '',
  knockOut: null,
  criterionId: null,
  scoring: null,
  ...over,
});

/**
 * Puts lots and two criteria under an event whose bids are open: its price, and the months of warranty that each bidder
 * gives (from 0 to 100 points for 36). Written to the tables: planning and answering have tests of their own.
 */
export async function weighByLots(
  world: World,
  made: EvaluatedEvent,
  of: { lots: readonly (readonly number[])[]; months: readonly string[]; weights: readonly [string, string] },
): Promise<string[]> {
  const event_id = made.eventId;
  const lots = of.lots.map((_, index) => ({
    id: newId(),
    event_id,
    lot_no: index + 1,
    title: `Lot ${index + 1}`,
  }));
  if (lots.length > 0) await world.db('lot').insert(lots);
  for (const [index, lines] of of.lots.entries())
    await world
      .db('event_item')
      .whereIn(
        'id',
        lines.flatMap((line) => made.items[line]?.id ?? []),
      )
      .update({ lot_id: lots[index]?.id });
  await world
    .db('evaluation_plan')
    .insert({ event_id, version: 1, saved_at: world.now() })
    .onConflict('event_id')
    .ignore();
  const [price, warranty, question] = [newId(), newId(), newId()];
  const about = { event_id, envelope: 'commercial' };
  await world.db('criterion').insert([
    {
      ...about,
      id: price,
      number: 1,
      title: 'Price',
      kind: 'price',
      weight: of.weights[0],
      formula: 'lowest-over-price',
    },
    { ...about, id: warranty, number: 2, title: 'Warranty', kind: 'answers', weight: of.weights[1] },
  ]);
  await world.db('requirement').insert({
    ...about,
    id: question,
    number: 1,
    kind: 'number',
    prompt: 'Months of warranty',
    is_required: true,
    criterion_id: warranty,
    scoring: JSON.stringify({ by: 'line', worst: '0', best: '36', points: '100' }),
  });
  await world.db('bid_response').insert(
    of.months.map((answer, index) => ({
      id: newId(),
      bid_id: made.bidders[index]?.bidId,
      requirement_id: question,
      answer,
      is_knock_out: false,
    })),
  );
  return lots.map((lot) => lot.id);
}
