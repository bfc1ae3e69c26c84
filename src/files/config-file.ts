/** What a project says of its own runs; it lies beside them or in a folder above. */
export const CONFIG_FILE = '.training-sleuth.json';
