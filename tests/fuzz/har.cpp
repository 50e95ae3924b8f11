// A capture: any bytes as a HAR file, checked and read message by message as an import does.
#include "core/exchange/harcapture.h"
#include "tests/fuzz/fuzzinput.h"

#include <QString>
#include <sys/mman.h>
#include <unistd.h>

using namespace framescope;
using namespace framescope::fuzz;

namespace {

constexpr qsizetype payloadLimit = 4096;

void readCapture(const QString& path)
{
    const auto capture = HarCapture::open(path);
    if (!capture) {
        require(!capture.error().detail.isEmpty(), "a capture that is refused says why");
        return;
    }
    quint64 frames = 0;
    for (;;) {
        const auto step = (*capture)->next(payloadLimit);
        if (!step || !*step)
            break;
        require((*step)->connection != nullptr, "each step belongs to a connection");
        frames += (*step)->kind == HarStep::Kind::Message ? 1 : 0;
        require((*step)->frame.findings.size() <= std::size_t(findingsPerFrameLimit), "findings are bounded");
    }
    const quint64 told = frames + (*capture)->otherMessages() + (*capture)->unreadableMessages();
    require(told <= (*capture)->summary().messages, "no more messages than were counted");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const quint8* bytes, std::size_t size)
{
    const int file = memfd_create("capture", MFD_CLOEXEC);
    require(file >= 0 && write(file, bytes, size) == ssize_t(size), "the input can be written to a file");
    readCapture(QStringLiteral("/proc/self/fd/%1").arg(file));
    close(file);
    return 0;
}
