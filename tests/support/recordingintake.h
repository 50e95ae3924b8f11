#pragma once
/// A FrameIntake that keeps what a source delivers, in one order: frames as copies, events as they are.
/// Thread: the source's.
#include "core/frame/framesource.h"

#include <functional>
#include <vector>

namespace framescope::test {

struct DeliveredFrame
{
    Opcode opcode = Opcode::Text;
    quint16 attempt = 0;
    Instant arrival;
    QByteArray payload; ///< UTF-8 for text
    bool isText = false;
};

class RecordingIntake : public FrameIntake
{
public:
    void receive(const RawFrame& frame) override;
    void record(AuditEvent event) override;

    [[nodiscard]] std::vector<AuditEvent> eventsOf(AuditAction action) const;
    [[nodiscard]] int count(AuditAction action) const { return int(eventsOf(action).size()); }
    /// The member @p key of the last such event's detail.
    [[nodiscard]] QJsonValue detail(AuditAction action, const char* key) const;
    /// "sign-in-started signed-in connect-started ...", with "frame" for each message.
    [[nodiscard]] QString story() const { return order.join(QLatin1Char(' ')); }

    std::vector<DeliveredFrame> frames;
    std::vector<AuditEvent> events;
    QStringList order;
    std::function<void(const RawFrame&)> onFrame;
};

} // namespace framescope::test
