/** In a bundle with everything inside: the files, as base64 of gzip. */
declare const MEDCODE_FILES: { name: string, text: string }[];
