"""Writes the clients' generated files, or, with --check, tells which of them are not what would be written."""

import sys
from pathlib import Path

import python
import typescript
from model import Document, Unknown

HOME = Path(__file__).resolve().parent.parent


def main():
    spec = HOME.parent
    try:
        document = Document((spec / "openapi.yaml").read_text("utf-8"), (spec / "problems.md").read_text("utf-8"))
        package = HOME / "python" / "counterfoil_client"
        files = {
            HOME / "typescript" / "src" / "generated.ts": typescript.write(document),
            package / "models.py": python.models(document),
            package / "problems.py": python.errors(document),
            package / "client.py": python.client(document),
        }
    except Unknown as unknown:
        sys.exit(f"api-spec/clients/generate knows no rule for this: {unknown}")
    stale = [path for path, text in files.items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in sys.argv[1:]:
        if stale:
            sys.exit("not what the API's description gives; run api-spec/clients/generate: " + ", ".join(str(path.relative_to(HOME)) for path in stale))
        return
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[path], "utf-8")
        print(path.relative_to(HOME))


main()
