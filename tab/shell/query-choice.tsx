import { Field, makeStyles, Select } from '@fluentui/react-components';
import { goTo, type Route } from '../route.ts';

const useStyles = makeStyles({
  field: { flex: '1 1 10rem', minWidth: 0, maxWidth: '22rem' },
  select: { minWidth: 0, '& select': { minWidth: 0, width: '100%', textOverflow: 'ellipsis' } },
});

type Props = {
  route: Route;
  name: string;
  label: string;
  /** The first one is meant where the address has none. */
  options: readonly (readonly [string, string])[];
};

/** One choice that stands in the address; what is open on the page stays open, and the list begins anew. */
export function QueryChoice({ route, name, label, options }: Props) {
  const styles = useStyles();
  return (
    <Field label={label} size="small" className={styles.field}>
      <Select
        className={styles.select}
        size="small"
        value={route.query[name] ?? options[0]?.[0] ?? ''}
        onChange={(_, { value }) =>
          goTo({ ...route, query: { ...route.query, [name]: value, offset: '' } }, { replace: true })
        }
      >
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </Select>
    </Field>
  );
}

/** Where the list of the address begins. */
export function offsetOf({ query }: Route): number {
  const offset = Number(query.offset ?? 0);
  return Number.isInteger(offset) && offset > 0 ? offset : 0;
}

/** The query of a call, without what is not asked for. */
export function searchOf(parts: Readonly<Record<string, string | number | undefined>>): string {
  const kept = Object.entries(parts).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return new URLSearchParams(kept).toString();
}
