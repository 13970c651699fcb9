/** A path template such as `/users/{id}/manager`, compiled: fixed segments compare without regard to case. */
export type Template = { text: string; match(path: string): Record<string, string> | null };

/**
 * Compiles a template whose braces each take one segment of the path. Values come decoded; a segment that cannot be
 * decoded matches nothing.
 */
export function compileTemplate(text: string): Template {
  const steps = text.split('/').slice(1);
  return {
    text,
    match(path) {
      const given = path.split('/').slice(1);
      if (given.length !== steps.length) return null;
      const values: Record<string, string> = {};
      const fits = steps.every((step, index) => fitStep(step, decodeSegment(given[index] ?? ''), values));
      return fits ? values : null;
    },
  };
}

function fitStep(step: string, segment: string | null, values: Record<string, string>): boolean {
  if (segment === null) return false;
  if (!step.startsWith('{')) return step.toLowerCase() === segment.toLowerCase();
  values[step.slice(1, -1)] = segment;
  return segment !== '';
}

function decodeSegment(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Malformed percent-encoding: no vendor has such an address.
    return null;
  }
}
