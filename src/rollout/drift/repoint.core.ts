/** What a policy says once a group that is gone has another one in its place: the same, under the new id. */

/** The value with each id of the map in place of the one that it stands for, wherever it stands. Ids are GUIDs. */
export function withGroupIds<T>(value: T, ids: ReadonlyMap<string, string>): T {
  let text = JSON.stringify(value);
  for (const [from, to] of ids) text = text.replaceAll(new RegExp(from, 'gi'), to);
  return JSON.parse(text) as T;
}
