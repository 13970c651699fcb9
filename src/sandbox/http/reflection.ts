/**
 * The four functions of the metadata proposal that the dependency container of @peculiar/x509 asks for when it is
 * loaded, and that its package leaves to the application. Import this file before that package. Nothing is replaced
 * where a real polyfill is there already.
 */
type Metadata = Map<unknown, unknown>;

const metadataByTarget = new WeakMap<object, Metadata>();

const additions = {
  defineMetadata(key: unknown, value: unknown, target: object): void {
    const metadata = metadataByTarget.get(target) ?? new Map<unknown, unknown>();
    metadata.set(key, value);
    metadataByTarget.set(target, metadata);
  },
  getOwnMetadata(key: unknown, target: object): unknown {
    return metadataByTarget.get(target)?.get(key);
  },
  getMetadata(key: unknown, target: object): unknown {
    for (let holder: object | null = target; holder !== null; holder = Reflect.getPrototypeOf(holder)) {
      const metadata = metadataByTarget.get(holder);
      if (metadata?.has(key) === true) return metadata.get(key);
    }
    return undefined;
  },
  metadata: (key: unknown, value: unknown) => (target: object) => additions.defineMetadata(key, value, target),
};

if (!('getMetadata' in Reflect)) Object.assign(Reflect, additions);
