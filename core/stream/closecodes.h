#pragma once
/// Close codes in plain words: RFC 6455 section 7.4.1, and 1012 to 1014 of IANA's WebSocket registry. For each the
/// likely cause, the next step, and how patiently to come back. Thread: any; static data, English source strings.
#include "core/stream/backoff.h"

#include <QString>

namespace framescope {

struct CloseCodeInfo
{
    int code;
    const char* words;    ///< "The server is going away"
    const char* cause;    ///< likely cause, one sentence
    const char* nextStep; ///< what to do, one sentence
    RetryPace pace;
};

/// Never fails: unknown codes get the entry of their range (registered, private, invalid).
[[nodiscard]] const CloseCodeInfo& closeCodeInfo(int code);
/// 1000 and 1001: the stream ended because its sender wanted it to.
[[nodiscard]] bool isNormalClose(int code);
/// "1011: The server failed. Cause. Next step."
[[nodiscard]] QString closeSentence(int code);

} // namespace framescope
