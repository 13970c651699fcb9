import { strFromU8, unzipSync } from 'fflate';
import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';

/** The package this product builds is a fiftieth of this. */
const ZIP_BYTES_MAX = 1024 * 1024;
const MANIFEST_BYTES_MAX = 256 * 1024;

const manifestSchema = z.looseObject({
  id: z.guid().transform((id) => id.toLowerCase()),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  webApplicationInfo: z.looseObject({ id: z.guid().transform((id) => id.toLowerCase()) }),
});

/** What a package says of itself. */
export type PackageFacts = { externalId: string; version: string; applicationId: string };

/**
 * Reads what must be known of an app package before it is sent anywhere. Refuses with `package_unreadable` what is no
 * such package or suspiciously large; only the manifest is unpacked, and once.
 */
export function readPackage(zip: Uint8Array): PackageFacts {
  if (zip.length > ZIP_BYTES_MAX) throw unreadable();
  try {
    let named = 0;
    const files = unzipSync(zip, {
      filter: ({ name, originalSize }) => {
        if (name !== 'manifest.json') return false;
        named += 1;
        // A directory can name one file so often that unpacking it would hold the process up for a minute.
        if (named > 1) throw unreadable();
        return originalSize <= MANIFEST_BYTES_MAX;
      },
    });
    const manifest = manifestSchema.parse(JSON.parse(strFromU8(files['manifest.json'] ?? new Uint8Array())));
    return { externalId: manifest.id, version: manifest.version, applicationId: manifest.webApplicationInfo.id };
  } catch (cause) {
    throw unreadable(cause);
  }
}

function unreadable(cause?: unknown): AppError {
  const userMessage = 'This is no app package of this product. Build one with "npm run package".';
  return new AppError('package_unreadable', userMessage, { userMessage, cause });
}
