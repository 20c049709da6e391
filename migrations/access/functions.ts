/**
 * Who acts, as the transaction says it in its first message. Nobody where it says nothing; a setting that an earlier
 * transaction had is left behind as an empty text.
 */
const ACTING = `
  CREATE OR REPLACE FUNCTION acting_supplier_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('portico.supplier_id', true), '')::uuid;
  CREATE OR REPLACE FUNCTION acting_user_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('portico.user_id', true), '')::uuid`;

/**
 * Why a bidder lost a line, which its letter says, follows from prices it may not see. So the worker's eyes compare
 * them, and a supplier is told one word, about its own line, once the award is binding.
 */
const HOW_OTHERS_WON = `
  DROP FUNCTION IF EXISTS how_others_won;
  CREATE FUNCTION how_others_won(asked_award_id uuid, asked_bid_line_id uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN (
      SELECT CASE sign(min(round(other.unit_price::numeric(38,18) / other.price_base_quantity, 12))
                         FILTER (WHERE their_bid.currency IS NOT DISTINCT FROM bid.currency
                                   AND other.bid_alternate_id IS NULL)
                       - min(round(own.unit_price::numeric(38,18) / own.price_base_quantity, 12)))
               WHEN -1 THEN 'below' WHEN 0 THEN 'equal' WHEN 1 THEN 'above'
               -- Prices in another currency, or of something else, are no measure: it was not the figure that decided.
               ELSE CASE WHEN count(other.id) > 0 THEN 'equal' END
             END
        FROM bid_line AS own
        JOIN bid ON bid.id = own.bid_id
        JOIN award ON award.id = asked_award_id AND award.event_id = bid.event_id
        JOIN award_line AS other
          ON other.award_id = award.id
         AND other.event_item_id = own.event_item_id
         AND other.supplier_id <> bid.supplier_id
         AND other.withdrawal_id IS NULL
        JOIN bid_line AS theirs ON theirs.id = other.bid_line_id
        JOIN bid AS their_bid ON their_bid.id = theirs.bid_id
       WHERE own.id = asked_bid_line_id
         AND (current_setting('role') <> 'portico_supplier'
              OR (bid.supplier_id = acting_supplier_id()
                  AND award.state IN ('active', 'notified', 'standstill', 'final'))));
  REVOKE ALL ON FUNCTION how_others_won FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION how_others_won TO portico_supplier, portico_staff, portico_audit, portico_worker;`;

/**
 * One person may answer for two suppliers with one address, and says by the password for which. So the passwords of
 * an address are compared across suppliers: by the sign-in, and by whoever has that address or is about to take it.
 */
const PASSWORDS_OF_ADDRESS = `
  DROP FUNCTION IF EXISTS passwords_of_address;
  CREATE FUNCTION passwords_of_address(address text)
    RETURNS TABLE (id uuid, password_hash text, last_signed_in_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    BEGIN ATOMIC
      SELECT one.id, one.password_hash, one.last_signed_in_at
        FROM user_account AS one
       WHERE one.kind = 'supplier' AND one.is_active AND one.password_hash IS NOT NULL
         AND lower(one.email) = lower(address)
         AND (current_setting('role') IN ('portico_visitor', 'portico_worker')
              OR EXISTS (SELECT FROM user_account AS own
                          WHERE own.id = acting_user_id() AND lower(own.email) = lower(address))
              OR EXISTS (SELECT FROM address_change AS change
                          WHERE change.user_id = acting_user_id() AND lower(change.to_email) = lower(address)));
    END;
  REVOKE ALL ON FUNCTION passwords_of_address FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION passwords_of_address TO portico_visitor, portico_supplier, portico_worker;`;

/**
 * An event for everybody is joined by the supplier itself, which otherwise invites nobody: one row, its own, and only
 * while such an event takes bids. Gives nothing where it may not, or is there already.
 */
const JOIN_EVENT = `
  DROP FUNCTION IF EXISTS join_event;
  CREATE FUNCTION join_event(fresh_id uuid, joined_event_id uuid, at timestamptz) RETURNS SETOF uuid
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    BEGIN ATOMIC
      INSERT INTO invitation (id, event_id, supplier_id, state, invited_at, viewed_at, responded_at, joined_at)
      SELECT fresh_id, event.id, supplier.id, 'accepted', at, at, at, at
        FROM sourcing_event AS event
        JOIN supplier ON supplier.id = acting_supplier_id()
       WHERE event.id = joined_event_id
         AND event.audience = 'qualified'
         AND event.published_at IS NOT NULL
         AND event.state = 'open'
         AND event.round = 1
         AND event.closes_at > at
         AND supplier.state = 'registered'
         AND coalesce((SELECT q.outcome IS NOT NULL
       FROM qualification AS q
      WHERE q.supplier_id = supplier.id
        AND q.category_code = event.category_code
        AND (q.plant_code = event.plant_code OR q.plant_code IS NULL)
        AND (q.outcome IS NOT NULL AND coalesce(q.valid_until >= (at AT TIME ZONE 'UTC')::date, true)
             OR q.state IN ('rejected', 'disqualified'))
      ORDER BY q.plant_code NULLS LAST
      LIMIT 1), false)
          ON CONFLICT (event_id, supplier_id) DO NOTHING
      RETURNING invitation.id;
    END;
  REVOKE ALL ON FUNCTION join_event FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION join_event TO portico_supplier;`;

/**
 * How much the house pays before it is due counts over all suppliers, and none of them sees the others': only the sum is
 * told, to whoever accepts an offer.
 */
const PAID_EARLY = `
  DROP FUNCTION IF EXISTS paid_early;
  CREATE FUNCTION paid_early(asked_currency text, today date) RETURNS numeric
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN (
      SELECT COALESCE(sum(early.base_amount - early.discount_amount), 0)
        FROM early_payment AS early
       WHERE early.currency = asked_currency
         AND early.due_on > today
         AND early.state IN ('accepted', 'taken'));
  REVOKE ALL ON FUNCTION paid_early FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION paid_early TO portico_supplier, portico_staff, portico_audit, portico_worker;`;

export const acting = ACTING;

/** Windows in the wall, each as narrow as its one question: what they look at, they look at as the worker. */
export const windows = `
  GRANT CREATE ON SCHEMA public TO portico_worker;
  SET LOCAL ROLE portico_worker;
  ${HOW_OTHERS_WON}
  ${PASSWORDS_OF_ADDRESS}
  ${JOIN_EVENT}
  ${PAID_EARLY}
  RESET ROLE;
  REVOKE CREATE ON SCHEMA public FROM portico_worker`;
