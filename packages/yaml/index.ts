/** Text that people write as YAML or JSON, read strictly: energy documents, the guard's policies, scenarios. */
export { parseYaml, readYaml, type YamlFault, type YamlRules, type YamlText } from "./read-yaml.ts";
