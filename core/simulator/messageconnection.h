#pragma once
/// One client of a MessageServer: sends its script at its pace, answers pings and closes, and deletes itself when the
/// socket is gone. For core/simulator/*.cpp only. Thread: the server's. Memory: MessageServer says how it is bounded.
#include "core/simulator/clientframereader.h"
#include "core/simulator/messageserver.h"

#include <QTimer>

class QTcpSocket;

namespace framescope {

class MessageConnection : public QObject
{
public:
    MessageConnection(QTcpSocket* socket, std::unique_ptr<MessageScript> script, quint64 number, QObject* parent);
    ~MessageConnection() override;

    /// @p acceptance answers the handshake; @p early came behind the request.
    void start(const QByteArray& acceptance, const QByteArray& early);

    std::function<void(const ServedClient&)> onEnded; ///< once

private:
    enum class Phase
    {
        Open,
        Closing, ///< our close frame is on its way
        Ended
    };
    void pump();
    void read();
    void close(quint16 code, std::string_view reason);
    void onDisconnected();

    QTcpSocket* m_socket;
    std::unique_ptr<MessageScript> m_script;
    ClientFrameReader m_reader;
    QTimer m_next;
    QTimer m_patience;
    std::string m_wire;
    ServedClient m_client;
    Phase m_phase = Phase::Open;
    bool m_wasSent = false; ///< the whole script
};

} // namespace framescope
