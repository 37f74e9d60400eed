/** The certificate library behind one door: it fails to load unless the Reflect polyfill has been loaded before it. */
import "reflect-metadata";

export * from "@peculiar/x509";
