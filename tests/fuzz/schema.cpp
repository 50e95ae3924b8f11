// The schema compiler, and what it made over documents. Input: a schema, then documents, between separators.
#include "core/decode/schema.h"
#include "tests/fuzz/fuzzinput.h"

using namespace framescope;
using namespace framescope::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const quint8* bytes, std::size_t size)
{
    FuzzInput input(bytes, size);
    const Expected<Schema> schema = Schema::compile(input.part().toByteArray(), QStringLiteral("fuzzed"));
    if (!schema) {
        require(!schema.error().detail.isEmpty(), "a schema that is refused says why");
        return 0;
    }
    while (!input.isEmpty()) {
        const QByteArrayView document = input.part();
        std::vector<Finding> findings;
        schema->validate(document, findings);
        require(findings.empty() || !schema->confirms(document), "only good documents are confirmed");
        require(findings.size() <= std::size_t(findingsPerFrameLimit), "a document's findings are few");
        for (const Finding& finding : findings)
            require(quint64(finding.range.offset) + finding.range.length <= quint64(document.size()),
                    "a finding's place is inside the document");
    }
    return 0;
}
